// Locates the repository and its tools, and loads npm libraries from there.
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const tools = process.env.COINPAY_TOOLS ?? path.join(root, '.coinpay', 'tools');

const require = createRequire(path.join(tools, 'package.json'));

/** Loads a library that scripts/setup.sh installed. */
export function load(name) {
  try {
    return require(name);
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND') throw error;
    return fail(`${name} is not in ${tools}. Install it with scripts/setup.sh, or use scripts/run.sh, which calls that first`);
  }
}
load.resolve = require.resolve;

/** Exits with a plain message; a stack trace does not help with a mistyped argument. */
export function fail(message) {
  console.error(message);
  process.exit(1);
}

/** Parses the command line; on an error, prints one line and the usage. */
export function given(config, usage) {
  try {
    return parseArgs(config);
  } catch (error) {
    return fail(`${error.message.split('\n')[0]}\n${usage}`);
  }
}
