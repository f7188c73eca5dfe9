// Ends the stack that .coinpay/dev.json describes. Called by scripts/run.sh --stop.
// usage: node stop.mjs [--before-start PID]   refuses to end a stack that runs, clears up after one that was killed, and
// notes that PID is starting one
import * as state from './state.mjs';
import { fail } from './tools.mjs';

const [option, pid] = process.argv.slice(2);
const stack = state.read();
const starting = state.starting();
if (starting) fail(`A stack is being started here, by process ${starting}.`);
if (option === '--before-start') {
  if (stack && state.alive(stack.pids.stack)) fail('A stack runs here already (.coinpay/dev.json): scripts/run.sh --stop ends it.');
  if (stack) await state.stop(stack);
  state.startBy(pid);
} else if (stack) {
  await state.stop(stack);
  console.log('Stopped.');
} else {
  console.log('Nothing is running here.');
}
