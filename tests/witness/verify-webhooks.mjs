// Verifies webhooks as a merchant would, with the npm library of Standard Webhooks.
// usage: node verify-webhooks.mjs < one JSON object a line: {secret, id, timestamp, signature, body}; prints "ok" or why not, a line each.
import readline from 'node:readline';
import { load } from '../../scripts/dev/tools.mjs';

const { Webhook } = load('standardwebhooks');

for await (const line of readline.createInterface({ input: process.stdin })) {
  const { secret, id, timestamp, signature, body } = JSON.parse(line);
  try {
    new Webhook(secret).verify(body, { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature });
    console.log('ok');
  } catch (refused) {
    console.log(refused.message);
  }
}
