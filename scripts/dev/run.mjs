// Starts the development stack, runs the demo, and stays up until Ctrl-C. Called by scripts/run.sh.
// usage: node run.mjs FOLDER [--once | --no-demo] [--out-of-process]
import fs from 'node:fs';
import path from 'node:path';
import { Inbox, runDemo } from './demo.mjs';
import { heading, line } from './print.mjs';
import { startReceiver } from './receiver.mjs';
import { addDemoMerchant, startStack } from './stack.mjs';
import * as state from './state.mjs';

const folder = path.resolve(process.argv[2]);
const once = process.argv.includes('--once');
const demo = !process.argv.includes('--no-demo');
// As in Azure: the app in a separate process, with the deployed host.json.
const hostOptions = process.argv.includes('--out-of-process') ? ['--out-of-process', '--deployed-host-json'] : [];
const programs = {};
let ending = null;

/** Stops everything that was started, the gateway first, and then exits. */
function end(code) {
  ending ??= (async () => {
    for (const name of ['gateway', 'bitcoind', 'anvil', 'azurite']) await programs[name]?.stop();
    if (!once) state.remove();
    if (once && code === 0) fs.rmSync(folder, { recursive: true, force: true });
    process.exit(code);
  })();
  return ending;
}

process.on('SIGINT', () => end(130));
process.on('SIGTERM', () => end(143));
process.on('SIGHUP', () => end(129));

function explain(error) {
  if (ending) return;
  heading('Failed');
  console.log(error.message);
  if (programs.gateway) console.log(`\nThe gateway's last log lines (full log: ${programs.gateway.log})\n${programs.gateway.tail()}`);
}

function whatNext(stack) {
  const key = `-H 'Authorization: Bearer ${stack.merchant.api_key}'`;
  const order = '{"order_id":"C-3003","network":"anvil","asset":"USDT","price":{"amount":"12.50","currency":"USDT"}}';
  heading('Try next');
  console.log(`
  # accepted networks and assets, and the state of each chain
  curl -s ${stack.gateway}/v1/networks ${key}

  # the invoices
  curl -s '${stack.gateway}/v1/invoices?limit=5' ${key}

  # a new invoice; then: scripts/pay.sh INVOICE, scripts/mine.sh anvil 3
  curl -s ${stack.gateway}/v1/invoices ${key} -H 'Content-Type: application/json' -d '${order}'

  This stack is described in .coinpay/dev.json; logs are in ${path.relative(process.cwd(), folder) || '.'}.
  scripts/run.sh --stop stops it, or Ctrl-C if it runs in the foreground.
`);
}

/** Restarts a gateway that was killed, as a service manager would: nothing must be lost. */
function watchOver(stack) {
  const { gateway } = programs;
  gateway.ended.then((how) => {
    if (gateway.stopping) return;
    line('gateway', `ended (${how})`, 'restarting it', 'bad');
    gateway.start();
    stack.pids.gateway = gateway.pid;
    state.write(stack);
    watchOver(stack);
  });
}

async function main() {
  heading('Starting');
  const inbox = new Inbox();
  const receiver = await startReceiver((event, error) => inbox.receive(event, error));
  const stack = await startStack(folder, programs, hostOptions);
  stack.pids.stack = process.pid;
  await addDemoMerchant(stack, receiver);
  if (!once) state.write(stack);
  if (demo) {
    heading('Two invoices, paid through the nodes');
    await runDemo(stack, inbox);
    line('demo', 'done', 'both are paid, and both invoice.paid webhooks arrived with a valid signature', 'good');
  }
  if (once) return end(0);
  whatNext(stack);
  // run.sh --detach waits for this file.
  fs.writeFileSync(path.join(folder, 'ready'), '');
  watchOver(stack);
}

main().catch(async (error) => {
  explain(error);
  await end(1);
});
