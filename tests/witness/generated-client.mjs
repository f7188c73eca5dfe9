// Generates a TypeScript client from an OpenAPI document (npm openapi-typescript), compiles a small shop on it and runs it.
// usage: GATEWAY=http://… KEY=cp_… node generated-client.mjs DOCUMENT; prints what the shop prints.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { root, tools } from '../../scripts/dev/tools.mjs';

// Below the tools, so that their node_modules are found.
const folder = fs.mkdtempSync(path.join(tools, 'client-'));
process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));

function run(...command) {
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: folder, encoding: 'utf8' });
  if (status === 0) return stdout;
  console.error(stdout + stderr);
  process.exit(1);
}

for (const file of ['shop.ts', 'tsconfig.json']) fs.copyFileSync(path.join(root, 'tests/witness/client', file), path.join(folder, file));
run(path.join(tools, 'node_modules/openapi-typescript/bin/cli.js'), path.resolve(process.argv[2]), '-o', path.join(folder, 'gateway.d.ts'));
run(path.join(tools, 'node_modules/typescript/bin/tsc'), '-p', folder);
process.stdout.write(run(path.join(folder, 'shop.js')));
