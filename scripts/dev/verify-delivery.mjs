// Checks whether a captured delivery is genuine and, if not, says what is wrong: see scripts/listen.sh.
import { readFileSync } from 'node:fs';
import { fail, given } from './tools.mjs';
import { matches, toleranceSeconds } from './webhook-signature.mjs';

const required = ['webhook-id', 'webhook-timestamp', 'webhook-signature'];

/** Reads headers as `name: value` lines up to an empty line, then the body byte for byte. Skips a request line. */
function parse(bytes) {
  const gap = /\r?\n\r?\n/.exec(bytes.toString('latin1'));
  if (!gap) throw new Error('there is no empty line between the headers and the body');
  const headers = {};
  for (const line of bytes.subarray(0, gap.index).toString('utf8').split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon > 0) headers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
  }
  return { headers, body: bytes.subarray(gap.index + gap[0].length) };
}

/** Returns the likely originals of a body that a framework or an editor altered, each with what was altered. */
function alterations(body) {
  const text = body.toString('utf8');
  const found = [[text.replace(/\r?\n$/, ''), 'a line break was added at the end'], [text.replace(/\r\n/g, '\n'), 'line breaks were changed'],
    [text.replace(/^\uFEFF/, ''), 'a byte order mark was added at the start']];
  try {
    found.push([JSON.stringify(JSON.parse(text)),
      'it was parsed and written again (different whitespace): use the raw bytes of the request, not the output of a JSON middleware']);
  } catch {
    // Not JSON, so it was not parsed and written again.
  }
  return found.filter(([changed]) => changed !== text);
}

/** Returns null for a genuine delivery, otherwise the reason why it is not. */
function reason({ headers, body }, secret, now) {
  const missing = required.filter((name) => !headers[name]);
  if (missing.length > 0) return `header missing: ${missing.join(', ')}`;
  const [id, timestamp, signatures] = required.map((name) => headers[name]);
  if (!/^\d+$/.test(timestamp)) return 'webhook-timestamp is not a number of seconds';
  if (!signatures.split(' ').some((each) => each.startsWith('v1,'))) return 'webhook-signature contains no v1 signature';
  if (matches(secret, id, timestamp, body, signatures)) return tooFar(Number(timestamp), now);
  const changed = alterations(body).find(([original]) => matches(secret, id, timestamp, original, signatures));
  if (changed) return `body changed: ${changed[1]}`;
  return `${about(body, id)}wrong secret, or the body was changed (or its id or timestamp). Is it this endpoint's secret, of this mode, from before or after a rotation?`;
}

function tooFar(timestamp, now) {
  const age = now - timestamp;
  if (Math.abs(age) <= toleranceSeconds) return null;
  return age > 0
    ? `timestamp too old: signed ${age} s ago, ${toleranceSeconds} are allowed; the signature itself is right (--at SECONDS verifies it as of then)`
    : `timestamp in the future by ${-age} s: is this machine's clock right? The signature itself is right`;
}

/** If the ids in body and header differ, the capture mixes two deliveries. */
function about(body, id) {
  try {
    const inside = JSON.parse(body.toString('utf8')).id;
    return inside === id ? '' : `the body belongs to ${inside}, the headers to ${id}; `;
  } catch {
    return 'the body is not whole JSON; ';
  }
}

const usage = 'usage: scripts/listen.sh verify --secret whsec_… FILE   (- for standard input)';
const { values, positionals } = given({ allowPositionals: true, options: { secret: { type: 'string' }, at: { type: 'string' } } }, usage);
const secret = values.secret ?? process.env.COINPAY_WEBHOOK_SECRET;
if (!secret || positionals.length !== 1) fail(usage);
if (!/^whsec_[A-Za-z0-9+/]+={0,2}$/.test(secret)) fail('NOT VERIFIED: this is not a webhook secret. A secret starts with whsec_ and is shown once, when the endpoint is created');
let why;
try {
  why = reason(parse(readFileSync(positionals[0] === '-' ? 0 : positionals[0])), secret, Number(values.at ?? Math.floor(Date.now() / 1000)));
} catch (error) {
  why = error.message;
}
if (why) fail(`NOT VERIFIED: ${why}`);
console.log('Verified: the signature is valid and recent.');
