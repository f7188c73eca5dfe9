// The programs of the development stack: each has its own process and log file, and is stopped by its pid.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const pollEvery = 50;
const stopWithin = 10_000;

/** Returns distinct ports of 127.0.0.1 that are free now. */
export async function freePorts(count) {
  const servers = await Promise.all(
    Array.from({ length: count }, () => new Promise((resolve, reject) => {
      const server = net.createServer().once('error', reject);
      server.listen(0, '127.0.0.1', () => resolve(server));
    })),
  );
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** Waits until `ready` returns something other than false; errors count as "not yet". */
export async function until(ready, what, timeout = 60_000) {
  const end = Date.now() + timeout;
  let last;
  while (Date.now() < end) {
    try {
      const value = await ready();
      if (value !== false && value !== undefined) return value;
    } catch (error) {
      if (error.fatal) throw error;
      last = error;
    }
    await delay(pollEvery);
  }
  throw new Error(`${what} took longer than ${timeout / 1000} s${last ? ` (${last.message})` : ''}`);
}

/** A started program. It has its own process group, so that Ctrl-C reaches only the stack, which stops all programs in order. */
export class Program {
  constructor(name, command, inputs, { folder, ready, env = {} }) {
    Object.assign(this, { name, command, inputs, folder, ready, env });
    this.log = path.join(folder, `${name}.log`);
    this.stopping = false;
    this.start();
  }

  start() {
    const log = fs.openSync(this.log, 'a');
    this.child = spawn(this.command, this.inputs, {
      cwd: this.folder,
      detached: true,
      env: { ...process.env, ...this.env },
      stdio: ['ignore', log, log],
    });
    fs.closeSync(log);
    this.ended = new Promise((resolve) => {
      this.child.once('error', (error) => resolve(error.message));
      this.child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
    });
  }

  get pid() {
    return this.child.pid;
  }

  get alive() {
    return this.pid !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Waits until `ready` succeeds, or throws if the program ends first. */
  whenReady() {
    return until(async () => {
      if (!this.alive) throw Object.assign(new Error(`${this.name} ended: ${await this.ended}\n${this.tail()}`), { fatal: true });
      return this.ready();
    }, `${this.name}: the start`);
  }

  tail(lines = 40) {
    return fs.existsSync(this.log) ? fs.readFileSync(this.log, 'utf8').trimEnd().split('\n').slice(-lines).map((text) => text.slice(0, 600)).join('\n') : '';
  }

  async stop() {
    this.stopping = true;
    if (!this.alive) return;
    this.child.kill('SIGTERM');
    const killed = await Promise.race([this.ended, delay(stopWithin, 'late', { ref: false })]);
    if (killed === 'late') this.child.kill('SIGKILL');
    await this.ended;
  }
}
