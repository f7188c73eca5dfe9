// A shop in fifty lines: receives webhooks, accepts only signed ones, and ships each order once, whatever is lost, doubled or late.
// usage: GATEWAY=https://… API_KEY=cp_test_… WEBHOOK_SECRET=whsec_… PORT=8080 SLIPS=./slips node scripts/examples/shop.mjs
import { createHmac, timingSafeEqual } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';

const { GATEWAY, API_KEY, WEBHOOK_SECRET, PORT, SLIPS } = process.env;
if (!(GATEWAY && API_KEY && WEBHOOK_SECRET && PORT && SLIPS)) {
  console.error('set GATEWAY, API_KEY, WEBHOOK_SECRET, PORT and SLIPS');
  process.exit(2);
}
const secret = Buffer.from(WEBHOOK_SECRET.replace('whsec_', ''), 'base64');
mkdirSync(SLIPS, { recursive: true });

/** Standard Webhooks: HMAC-SHA256 over the raw `id.timestamp.body`, recent; several signatures during a rotation. */
function isGenuine(headers, body) {
  const [id, timestamp, signatures] = ['id', 'timestamp', 'signature'].map((name) => headers[`webhook-${name}`] ?? '');
  const hash = createHmac('sha256', secret).update(`${id}.${timestamp}.`).update(body).digest('base64');
  const isFresh = Math.abs(Date.now() / 1000 - Number(timestamp)) < 300;
  const right = Buffer.from(`v1,${hash}`);
  const isRight = (signature) => signature.length === right.length && timingSafeEqual(signature, right);
  return isFresh && signatures.split(' ').map((signature) => Buffer.from(signature)).some(isRight);
}

/** Whether the gateway lets the order go. 201 and 200 both say yes: the answer to an earlier call may have been lost. */
async function mayShip({ fulfilment_key: key, data: { invoice } }) {
  const response = await fetch(`${GATEWAY}/v1/invoices/${invoice.id}/fulfilments`, {
    method: 'POST', body: JSON.stringify({ key }), signal: AbortSignal.timeout(5_000),
    headers: { Authorization: `Bearer ${API_KEY}`, 'Content-Type': 'application/json', 'Idempotency-Key': key },
  });
  if (response.ok) return true;
  // Not now; another event will come. Any other answer says nothing, so the gateway has to deliver again.
  if (response.status === 409 && (await response.json()).code === 'not_fulfillable') return false;
  throw new Error(`the gateway answered ${response.status}`);
}

/** Ships by writing a slip for the packers, which fails if there is one: after a crash, with two shops on one folder, always once. */
async function ship({ id, order_id: order }) {
  try {
    await writeFile(path.join(SLIPS, id), `${order}\n`, { flag: 'wx', flush: true });
    console.log(`shipped ${order}`);
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
}

http.createServer(async (request, response) => {
  try {
    const body = Buffer.concat(await request.toArray());
    if (!isGenuine(request.headers, body)) return response.writeHead(401).end('not genuine');
    const event = JSON.parse(body);
    if (event.fulfilment_key && await mayShip(event)) await ship(event.data.invoice);
    response.writeHead(204).end();
  } catch (error) {
    response.writeHead(500).end(error.message); // The gateway will retry.
  }
}).listen(Number(PORT), '127.0.0.1', () => console.log('the shop is open'));
