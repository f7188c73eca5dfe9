// JSON over HTTP as the development scripts speak it: to the nodes, and to the gateway.
import { randomUUID } from 'node:crypto';

/** As fetch does, but that nobody answers is said with who. */
async function ask(url, options) {
  try {
    return await fetch(url, options);
  } catch (error) {
    throw new Error(`${url} does not answer: ${error.cause?.message ?? error.message}`);
  }
}

/** A JSON-RPC caller; a node's error is thrown with the node's own words. */
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

/** A caller of the gateway with one key; anything but 2xx is thrown with the problem's own words. */
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
