// Recomputes the hash chain of a timeline: hash = SHA-256(previous_hash \n version \n text), from 64 zeros.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const file = process.argv[2];
const fail = reason => {
  console.error(`NOT VERIFIED: ${reason}`);
  process.exit(1);
};

let timeline;
try {
  timeline = JSON.parse(readFileSync(file === '-' ? 0 : file, 'utf8'));
} catch (error) {
  fail(`${file} cannot be read as JSON: ${error.message}`);
}
if (!Array.isArray(timeline?.data) || timeline.data.length === 0) fail('it contains no events: is it the response of GET /v1/invoices/{id}/timeline?');

let previous = '0'.repeat(64);
timeline.data.forEach((event, index) => {
  const version = index + 1;
  if (event.version !== version) fail(`event ${version} is missing: version ${event.version} is in its place`);
  if (event.previous_hash !== previous) fail(`event ${version} does not follow the one before it`);
  const hash = createHash('sha256').update(`${previous}\n${version}\n${event.text}`, 'utf8').digest('hex');
  if (event.hash !== hash) fail(`event ${version} (${event.type}) was changed: its hash is ${hash}`);
  // The readable members must match the text that the hash covers.
  const stored = JSON.parse(event.text);
  if (event.type !== stored.event) fail(`event ${version} is shown as ${event.type} and stored as ${stored.event}`);
  if (Date.parse(event.at) !== Date.parse(stored.at)) fail(`event ${version} is shown with a different time than the stored one`);
  previous = hash;
});
console.log(`Verified: ${timeline.data.length} events of ${timeline.invoice_id}, last hash ${previous}`);
