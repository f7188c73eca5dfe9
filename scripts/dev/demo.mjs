// Two invoices, one in a token on an EVM chain and one in bitcoin, from creation to a verified invoice.paid.
import { setTimeout as delay } from 'node:timers/promises';
import { node, networkOf } from './chains.mjs';
import { line } from './print.mjs';
import { gatewayCaller } from './rpc.mjs';

const paidWithin = 90_000;
const lookEvery = 200;
const blockEvery = 300;
const colours = { paid: 'good', detected: 'warn', confirming: 'warn' };
// How far each tag trails anvil's head with four slots per epoch, plus one.
const depthOf = { safe: 5, finalized: 9 };

/** Events that arrived with a valid signature, and deliveries that did not verify. */
export class Inbox {
  events = [];
  refused = 0;

  receive(event, error) {
    if (error) {
      this.refused++;
      line('webhook', 'not verified', error.message, 'bad');
      return;
    }
    this.events.push(event);
    const invoice = event.data?.invoice;
    line('webhook', event.type, `${invoice ? `${label(invoice)}, ` : ''}signature verified (${event.id})`, 'good');
  }

  has(type, invoiceId) {
    return this.events.some((event) => event.type === type && event.data?.invoice?.id === invoiceId);
  }
}

const label = (invoice) => `${invoice.order_id ?? invoice.id}`;

function describe(invoice) {
  const transaction = invoice.transactions.at(-1);
  const seen = `${invoice.received.seen} of ${invoice.payment.amount} ${invoice.payment.symbol}`;
  if (!transaction) return `${invoice.payment.amount} ${invoice.payment.symbol} to ${invoice.payment.address}`;
  return `${seen}, ${transaction.confirmations} of ${invoice.confirmation_policy.required} confirmations`;
}

/** Prints an invoice if it has changed since the last time. */
function printer() {
  let last = '';
  return (invoice) => {
    const detail = describe(invoice);
    if (invoice.status + detail !== last) line(label(invoice), invoice.status, detail, colours[invoice.status]);
    last = invoice.status + detail;
  };
}

/** Shows an invoice as it changes, and returns it once `isOver` is true. */
async function follow(call, id, show, isOver) {
  const end = Date.now() + paidWithin;
  for (;;) {
    const invoice = await call('GET', `/v1/invoices/${id}`);
    show(invoice);
    if (isOver(invoice)) return invoice;
    if (Date.now() > end) throw new Error(`${label(invoice)} (${id}) is still ${invoice.status} after ${paidWithin / 1000} s`);
    await delay(lookEvery);
  }
}

/** Mines the required blocks one by one, so that each state is visible. */
async function confirm(chain, required) {
  const blocks = (depthOf[required] ?? Number(required)) - 1;
  for (let i = 0; i < blocks; i++) {
    await delay(blockEvery);
    await chain.mine(1);
  }
}

async function payOne(stack, inbox, order) {
  const call = gatewayCaller(stack.gateway, stack.merchant.api_key);
  const created = await call('POST', '/v1/invoices', order);
  const show = printer();
  show(created);
  const chain = node(stack, networkOf(stack, created));
  const hash = await chain.pay(created.payment.address, created.payment.symbol, created.payment.amount);
  line(label(created), 'sent', `${hash} on ${order.network}`);
  await follow(call, created.id, show, (invoice) => invoice.transactions.length > 0);
  // anvil mines a transaction at once; bitcoind keeps it in the mempool.
  if (order.network !== 'anvil') await chain.mine(1);
  await confirm(chain, created.confirmation_policy.required);
  await follow(call, created.id, show, (invoice) => invoice.status === 'paid');
  const end = Date.now() + paidWithin;
  while (!inbox.has('invoice.paid', created.id)) {
    if (Date.now() > end) throw new Error(`no verified invoice.paid webhook for ${label(created)} after ${paidWithin / 1000} s`);
    await delay(lookEvery);
  }
  return created.id;
}

/** Pays both invoices at once; returns their ids, or throws the first error. */
export async function runDemo(stack, inbox) {
  const ids = await Promise.all([
    payOne(stack, inbox, {
      order_id: 'A-1001', network: 'anvil', asset: 'USDT', price: { amount: '49.90', currency: 'USDT' },
    }),
    payOne(stack, inbox, {
      order_id: 'B-2002', network: 'bitcoin-regtest', asset: 'BTC', price: { amount: '0.0125', currency: 'BTC' },
    }),
  ]);
  if (inbox.refused > 0) throw new Error(`${inbox.refused} webhook deliveries did not verify`);
  return ids;
}
