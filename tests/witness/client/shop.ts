// A shop on a client that was generated from the gateway's OpenAPI document. tsc checks every path, field and status in it.
import createClient from 'openapi-fetch';
import type { components, paths } from './gateway';

declare const process: { env: Record<'GATEWAY' | 'KEY', string> };

type Invoice = components['schemas']['Invoice'];

const shop = createClient<paths>({ baseUrl: process.env.GATEWAY, headers: { Authorization: `Bearer ${process.env.KEY}` } });

function dataOf<T>({ data, error }: { data?: T; error?: unknown }): T {
  if (data === undefined) throw new Error(JSON.stringify(error));
  return data;
}

const order = `order-${Date.now()}`;
const created: Invoice = dataOf(await shop.POST('/v1/invoices', {
  params: { header: { 'Idempotency-Key': order } },
  body: { order_id: order, price: { amount: '12.50', currency: 'USDT' }, network: 'anvil', asset: 'USDT', metadata: { cart: '9' } },
}));
const path = { id: created.id };
const read: Invoice = dataOf(await shop.GET('/v1/invoices/{id}', { params: { path } }));
const cancelled: Invoice = dataOf(await shop.POST('/v1/invoices/{id}/cancel', { params: { path } }));
const again = await shop.POST('/v1/invoices/{id}/fulfilments', { params: { path }, body: { key: 'ful_0' } });
const missing = await shop.GET('/v1/invoices/{id}', { params: { path: { id: 'inv_00000000000000000000000000' } } });

/** The outbox writes the list a moment after the answer. */
async function listed(): Promise<boolean> {
  for (let tries = 0; tries < 600; tries++) {
    const list = dataOf(await shop.GET('/v1/invoices', { params: { query: { limit: 5 } } }));
    if (list.data.some((invoice) => invoice.id === created.id)) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}

console.log(JSON.stringify({
  amount: read.payment.amount,
  status: cancelled.status,
  listed: await listed(),
  refusals: [again.error?.code, missing.error?.code],
}));
