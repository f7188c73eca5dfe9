// Verifies webhooks as a merchant would, with the npm libraries of Standard Webhooks and of Svix, which know nothing of each other.
// usage: node verify-webhooks.mjs < one JSON object a line: {secret, id, timestamp, signature, body}; prints "ok" or why not, a line each.
import readline from 'node:readline';
import { load } from '../../scripts/dev/tools.mjs';

const libraries = [load('standardwebhooks').Webhook, load('svix').Webhook];

/** What one library says: "ok", or why not. */
function verdict(Webhook, { secret, id, timestamp, signature, body }) {
  try {
    new Webhook(secret).verify(body, { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature });
    return 'ok';
  } catch (refused) {
    return refused.message;
  }
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  const verdicts = libraries.map((library) => verdict(library, JSON.parse(line)));
  console.log([...new Set(verdicts)].join(' / '));
}
