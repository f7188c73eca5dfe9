// JSON over HTTP for the development scripts, to the nodes and to the gateway.
import { randomUUID } from 'node:crypto';

/** Like fetch, but the error names the URL that does not answer. */
async function ask(url, options) {
  try {
    return await fetch(url, options);
  } catch (error) {
    throw new Error(`${url} does not answer: ${error.cause?.message ?? error.message}`);
  }
}

/** Returns a JSON-RPC caller that throws a node's error with the node's own message. */
export function jsonRpc(url, user, password) {
  const headers = { 'Content-Type': 'application/json' };
  if (user) headers.Authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  return async (method, ...params) => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
    const response = await ask(url, { method: 'POST', headers, body });
    const answer = await response.json().catch(() => ({ error: { message: `HTTP ${response.status}` } }));
    if (answer.error) throw new Error(`${method}: ${answer.error.message ?? JSON.stringify(answer.error)}`);
    return answer.result;
  };
}

/** Returns a caller of the gateway with one key; it throws the problem's text for anything but 2xx. */
export function gatewayCaller(gateway, key) {
  return async (method, path, body) => {
    const headers = { Authorization: `Bearer ${key}` };
    if (body) headers['Content-Type'] = 'application/json';
    if (method === 'POST') headers['Idempotency-Key'] = randomUUID();
    const response = await ask(gateway + path, { method, headers, body: body && JSON.stringify(body) });
    const text = await response.text();
    if (response.ok) return text ? JSON.parse(text) : null;
    throw new Error(`${method} ${path}: ${response.status} ${text}`);
  };
}
