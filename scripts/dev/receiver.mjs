// The shop's webhook receiver: verifies each delivery with npm standardwebhooks, responds, and notifies the demo.
import http from 'node:http';
import { load } from './tools.mjs';

const { Webhook } = load('standardwebhooks');
const largestBody = 1024 * 1024;

async function bodyOf(request) {
  let body = '';
  for await (const part of request.setEncoding('utf8')) {
    body += part;
    if (body.length > largestBody) throw new Error('body too large');
  }
  return body;
}

/** Listens on a free port. `onEvent(event, error)` is called once per event id, or for each delivery that does not verify. */
export async function startReceiver(onEvent) {
  const receiver = { url: null, secret: null, close: () => server.close() };
  const seen = new Set();
  const server = http.createServer(async (request, response) => {
    try {
      const event = new Webhook(receiver.secret).verify(await bodyOf(request), request.headers);
      response.writeHead(204).end();
      // Delivery is at least once: the id identifies duplicates.
      if (!seen.has(event.id)) onEvent(event, null);
      seen.add(event.id);
    } catch (error) {
      response.writeHead(400).end(error.message);
      onEvent(null, error);
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  receiver.url = `http://127.0.0.1:${server.address().port}/webhooks`;
  return receiver;
}
