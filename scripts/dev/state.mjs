// .coinpay/dev.json: the description of a running stack, for people, pay.sh, mine.sh and --stop.
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fail, root } from './tools.mjs';

export const stateFolder = path.join(root, '.coinpay');
const file = path.join(stateFolder, 'dev.json');
// The pid of a run.sh that has started but not yet written dev.json.
const startingFile = path.join(stateFolder, 'starting');
const stopWithin = 15_000;

export function write(stack) {
  fs.mkdirSync(stateFolder, { recursive: true });
  // It contains keys, even if only of a demo shop.
  fs.writeFileSync(`${file}.new`, `${JSON.stringify(stack, null, 2)}\n`, { mode: 0o600 });
  fs.renameSync(`${file}.new`, file);
  fs.rmSync(startingFile, { force: true });
}

export const remove = () => fs.rmSync(file, { force: true });

export const read = () => (fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : null);

export const readOrFail = () => read() ?? fail('No stack is running here. Start one with scripts/run.sh');

// A pid may have been reused: our processes have one of these names.
const ours = /run\.(mjs|sh)|azurite|anvil|bitcoind|CoinPay\.Functions/;

export function alive(pid) {
  try {
    return ours.test(fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8')) && !/\) Z /.test(fs.readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** Returns the pid of a start in progress, or null. */
export function starting() {
  const pid = fs.existsSync(startingFile) ? Number(fs.readFileSync(startingFile, 'utf8')) : 0;
  return pid && alive(pid) ? pid : null;
}

export const startBy = (pid) => fs.writeFileSync(startingFile, pid);

async function gone(pids, within) {
  for (const end = Date.now() + within; Date.now() < end; await delay(50)) if (!pids.some(alive)) return true;
  return false;
}

/** Stops a stack by its pids: the supervising process first, then whatever is left. */
export async function stop(stack) {
  const { stack: watcher, ...programs } = stack.pids;
  if (watcher && alive(watcher)) {
    process.kill(watcher, 'SIGTERM');
    await gone([watcher], stopWithin);
  }
  const pids = Object.values(programs);
  for (const signal of ['SIGTERM', 'SIGKILL']) {
    for (const pid of pids.filter(alive)) process.kill(pid, signal);
    if (await gone(pids, stopWithin)) break;
  }
  remove();
}
