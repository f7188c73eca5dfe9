// Where the repository and its tools stand, and how a development script loads an npm library from there.
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const tools = process.env.COINPAY_TOOLS ?? path.join(root, '.coinpay', 'tools');

/** Loads a library that scripts/setup.sh installed. */
export const load = createRequire(path.join(tools, 'package.json'));

/** Ends the program with a plain sentence; a stack trace helps nobody who mistyped an argument. */
export function fail(message) {
  console.error(message);
  process.exit(1);
}
