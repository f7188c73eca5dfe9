// Where the repository and its tools stand, and how a development script loads an npm library from there.
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
    return fail(`${name} is not in ${tools}: scripts/setup.sh installs it there, scripts/run.sh calls that first`);
  }
}
load.resolve = require.resolve;

/** Ends the program with a plain sentence; a stack trace helps nobody who mistyped an argument. */
export function fail(message) {
  console.error(message);
  process.exit(1);
}

/** What was given on the command line; one line and the usage when it does not fit. */
export function given(config, usage) {
  try {
    return parseArgs(config);
  } catch (error) {
    return fail(`${error.message.split('\n')[0]}\n${usage}`);
  }
}
