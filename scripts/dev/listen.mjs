// Follows the pull feed and forwards each event once to a local URL: see scripts/listen.sh.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { line } from './print.mjs';
import { fail, given as read } from './tools.mjs';
import { newSecret, sign } from './webhook-signature.mjs';

const pageSize = 100;
const answerWithin = 15_000;
// An event that was published late is further back in the feed than newer ones, so each read goes back this far.
const overlapMs = 10 * 60_000;

const options = {
  gateway: { type: 'string' }, key: { type: 'string' }, to: { type: 'string' }, secret: { type: 'string' },
  state: { type: 'string', default: '.coinpay/listen.json' }, every: { type: 'string', default: '2' },
  once: { type: 'boolean', default: false }, all: { type: 'boolean', default: false },
};
const usage = 'usage: scripts/listen.sh --gateway URL --key cp_test_… --to URL [--secret whsec_…] [--state FILE] [--all] [--once]';
const { values: given } = read({ options }, usage);
const key = given.key ?? process.env.COINPAY_KEY;
if (!given.gateway || !key || !given.to) fail(usage);
for (const name of ['gateway', 'to']) if (!/^https?:\/\/./.test(given[name]) || !URL.canParse(given[name])) fail(`--${name} ${given[name]} is not an http:// or https:// URL`);
if (!(Number(given.every) > 0)) fail('--every must be a number of seconds');
const secret = given.secret ?? process.env.COINPAY_WEBHOOK_SECRET ?? newSecret();

/** `after`: ignore events up to this time; `until`: the newest forwarded event; `seen`: recently forwarded ids and their times. */
async function start() {
  const stored = existsSync(given.state) ? readState() : null;
  if (stored?.gateway === given.gateway) return stored;
  const [newest] = given.all ? [] : (await page()).data;
  return { gateway: given.gateway, after: newest ? Date.parse(newest.created_at) : 0, until: 0, seen: {} };
}

function readState() {
  try {
    return JSON.parse(readFileSync(given.state, 'utf8'));
  } catch (error) {
    return fail(`${given.state} cannot be read as JSON: ${error.message}\nRemove it to start with new events.`);
  }
}

function write(state) {
  mkdirSync(path.dirname(given.state), { recursive: true });
  writeFileSync(`${given.state}.new`, JSON.stringify(state));
  renameSync(`${given.state}.new`, given.state);
}

async function page(cursor) {
  const query = `limit=${pageSize}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`;
  const response = await fetch(`${given.gateway.replace(/\/$/, '')}/v1/events?${query}`, { headers: { Authorization: `Bearer ${key}` } });
  const text = await response.text();
  if (response.ok) return JSON.parse(text);
  const refusal = new Error(`GET /v1/events: ${response.status} ${text}`);
  // Retrying does not make an invalid key valid.
  refusal.isFinal = response.status >= 400 && response.status < 500 && response.status !== 429;
  throw refusal;
}

/** Returns new events, oldest first. Reads the feed from its newest end back to a little before the last stop. */
async function news({ after, until, seen }) {
  const found = [];
  for (let cursor = null; ;) {
    const { data, next_cursor } = await page(cursor);
    for (const event of data) {
      if (Date.parse(event.created_at) <= Math.max(after, until - overlapMs)) return found.reverse();
      if (!(event.id in seen)) found.push(event);
    }
    if (!next_cursor) return found.reverse();
    cursor = next_cursor;
  }
}

/** Sends an event as the gateway would deliver it; throws if it is not accepted. */
async function forward({ id, type, created_at, state_version, fulfilment_key, data }) {
  const body = JSON.stringify({ id, type, created_at, state_version, fulfilment_key, data });
  const timestamp = Math.floor(Date.now() / 1000);
  const response = await fetch(given.to, {
    method: 'POST', body, redirect: 'manual', signal: AbortSignal.timeout(answerWithin),
    headers: {
      'content-type': 'application/json; charset=utf-8', 'webhook-id': id, 'webhook-timestamp': String(timestamp),
      'webhook-signature': sign(secret, id, timestamp, body),
    },
  });
  if (!response.ok) throw new Error(`${given.to} answered ${response.status} to ${type}`);
  line(type, String(response.status), `${id} ${data.invoice?.id ?? ''}`, 'good');
}

/** Forwards new events and saves each one once accepted, so that a retry starts with the first one that was refused. */
async function round(state) {
  for (const event of await news(state)) {
    await forward(event);
    state.seen[event.id] = Date.parse(event.created_at);
    state.until = Math.max(state.until, state.seen[event.id]);
    state.seen = Object.fromEntries(Object.entries(state.seen).filter(([, at]) => at > state.until - overlapMs));
    write(state);
  }
}

let state = null;
for (;;) {
  try {
    if (!state) {
      write(state = await start());
      line('listening', given.gateway, `to ${given.to}; verify with ${given.secret ? 'your secret' : secret}`);
    }
    await round(state);
    if (given.once) break;
  } catch (error) {
    if (given.once || error.isFinal) fail(error.cause?.message ?? error.message);
    line('waiting', 'retrying soon', error.cause?.message ?? error.message, 'warn');
  }
  await delay(Number(given.every) * 1000);
}
