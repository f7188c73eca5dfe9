// Pays an invoice of the running stack through the right node. usage: node pay.mjs INVOICE [AMOUNT]
import { node, networkOf } from './chains.mjs';
import { gatewayCaller } from './rpc.mjs';
import * as state from './state.mjs';
import { fail } from './tools.mjs';

const isAmount = (text, decimals) =>
  /^\d{1,20}(\.\d+)?$/.test(text) && /[1-9]/.test(text) && (text.split('.')[1] ?? '').length <= decimals;

const [id, amount] = process.argv.slice(2);
if (!id) fail('usage: scripts/pay.sh INVOICE [AMOUNT]');
const stack = state.readOrFail();
try {
  const invoice = await gatewayCaller(stack.gateway, stack.merchant.api_key)('GET', `/v1/invoices/${id}`);
  const network = networkOf(stack, invoice);
  const { address, symbol, decimals, amount: due } = invoice.payment;
  if (amount && !isAmount(amount, decimals)) fail(`AMOUNT must be a positive number of ${symbol} with at most ${decimals} decimals, such as 12.5`);
  const hash = await node(stack, network).pay(address, symbol, amount ?? due);
  console.log(`${amount ?? due} ${symbol} sent to ${address}: ${hash}`);
  console.log(`Confirm it with scripts/mine.sh ${network} ${Number(invoice.confirmation_policy.required) || 10}`);
} catch (error) {
  fail(error.message);
}
