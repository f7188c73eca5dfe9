// Mines blocks on a network of the running stack. usage: node mine.mjs NETWORK [N]
import { node } from './chains.mjs';
import * as state from './state.mjs';
import { fail } from './tools.mjs';

// More would take minutes, in which the node answers no other request.
const mostBlocks = 1000;

const [name, count = '1'] = process.argv.slice(2);
const blocks = Number(count);
if (!name || !Number.isInteger(blocks) || blocks < 1 || blocks > mostBlocks) {
  fail(`usage: scripts/mine.sh NETWORK [N]   (N blocks, 1 to ${mostBlocks})`);
}
try {
  const chain = node(state.readOrFail(), name);
  await chain.mine(blocks);
  console.log(`${name} is at height ${await chain.height()}`);
} catch (error) {
  fail(error.message);
}
