// A shop in forty lines: receives webhooks, accepts only signed ones, and ships once.
// usage: GATEWAY=https://… API_KEY=cp_test_… WEBHOOK_SECRET=whsec_… PORT=8080 node scripts/examples/shop.mjs
import { createHmac, timingSafeEqual } from 'node:crypto';
import http from 'node:http';

const { GATEWAY, API_KEY, WEBHOOK_SECRET, PORT } = process.env;
if (!(GATEWAY && API_KEY && WEBHOOK_SECRET && PORT)) { console.error('set GATEWAY, API_KEY, WEBHOOK_SECRET and PORT'); process.exit(2); }
const secret = Buffer.from(WEBHOOK_SECRET.replace('whsec_', ''), 'base64');

/** Standard Webhooks: HMAC-SHA256 over the raw `id.timestamp.body`, recent; several signatures during a rotation. */
function isGenuine(headers, body) {
  const [id, timestamp, signatures] = ['id', 'timestamp', 'signature'].map((name) => headers[`webhook-${name}`] ?? '');
  const hash = createHmac('sha256', secret).update(`${id}.${timestamp}.`).update(body).digest('base64');
  const isFresh = Math.abs(Date.now() / 1000 - Number(timestamp)) < 300;
  const right = Buffer.from(`v1,${hash}`);
  const isRight = (signature) => signature.length === right.length && timingSafeEqual(signature, right);
  return isFresh && signatures.split(' ').map((signature) => Buffer.from(signature)).some(isRight);
}

/** Two deliveries, two shops or a restart: the gateway returns 201 to only one of them. 409: not now, another event will come. */
async function fulfil({ fulfilment_key: key, data: { invoice } }) {
  const response = await fetch(`${GATEWAY}/v1/invoices/${invoice.id}/fulfilments`, {
    method: 'POST', body: JSON.stringify({ key }),
    headers: { Authorization: `Bearer ${API_KEY}`, 'Content-Type': 'application/json' },
  });
  if (response.status === 201) console.log(`shipped ${invoice.order_id}`);
  else if (![200, 409].includes(response.status)) throw new Error(`the gateway answered ${response.status}`);
}

http.createServer(async (request, response) => {
  try {
    const body = Buffer.concat(await request.toArray());
    if (!isGenuine(request.headers, body)) return response.writeHead(401).end('not genuine');
    const event = JSON.parse(body);
    if (event.fulfilment_key) await fulfil(event);
    response.writeHead(204).end();
  } catch (error) {
    response.writeHead(500).end(error.message); // The gateway will retry.
  }
}).listen(Number(PORT), '127.0.0.1', () => console.log('the shop is open'));
