// Standard Webhooks signatures, using only Node: https://www.standardwebhooks.com
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

export const toleranceSeconds = 300;

export const newSecret = () => `whsec_${randomBytes(32).toString('base64')}`;

const keyOf = (secret) => Buffer.from(secret.replace(/^whsec_/, ''), 'base64');

/** `v1,<base64>` over `id.timestamp.body`; the body is the raw bytes (a Buffer or a string). */
export const sign = (secret, id, timestamp, body) =>
  `v1,${createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.`).update(body).digest('base64')}`;

/** Returns whether one of a header's signatures (there are two during a rotation) is valid; in constant time. */
export const matches = (secret, id, timestamp, body, signatures) => {
  const right = Buffer.from(sign(secret, id, timestamp, body));
  return signatures.split(' ').map((each) => Buffer.from(each))
    .some((each) => each.length === right.length && timingSafeEqual(each, right));
};
