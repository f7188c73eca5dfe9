// Stops the stack that .coinpay/dev.json describes. Called by scripts/run.sh --stop.
// usage: node stop.mjs [--before-start PID]   refuses if a stack is running, cleans up after one that was killed, and
// records that PID is starting one
import * as state from './state.mjs';
import { fail } from './tools.mjs';

const [option, pid] = process.argv.slice(2);
const stack = state.read();
const starting = state.starting();
if (starting) fail(`Process ${starting} is starting a stack here.`);
if (option === '--before-start') {
  if (stack && state.alive(stack.pids.stack)) fail('A stack is already running here (.coinpay/dev.json). Stop it with scripts/run.sh --stop.');
  if (stack) await state.stop(stack);
  state.startBy(pid);
} else if (stack) {
  await state.stop(stack);
  console.log('Stopped.');
} else {
  console.log('Nothing is running here.');
}
