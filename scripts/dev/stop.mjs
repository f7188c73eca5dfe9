// Ends the stack that .coinpay/dev.json describes. Called by scripts/run.sh --stop.
import * as state from './state.mjs';
import { fail } from './tools.mjs';

// usage: node stop.mjs [--before-start]   the second refuses to end a stack that runs, and clears up after one that was killed
const stack = state.read();
if (process.argv.includes('--before-start')) {
  if (stack && state.alive(stack.pids.stack)) fail('A stack runs here already (.coinpay/dev.json): scripts/run.sh --stop ends it.');
  if (stack) await state.stop(stack);
  process.exit(0);
}
if (!stack) console.log('Nothing is running here.');
else {
  await state.stop(stack);
  console.log('Stopped.');
}
