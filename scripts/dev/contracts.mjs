// Compiles src/contracts with npm solc into src/contracts/artifacts, and writes the addresses that follow from the bytes.
// usage: node contracts.mjs [OUTPUT_FOLDER]; with --check it writes nothing and fails on a difference.
import fs from 'node:fs';
import path from 'node:path';
import { fail, load, root } from './tools.mjs';

const { ethers } = load('ethers');
const contracts = path.join(root, 'src', 'contracts');

// Arachnid's deterministic deployment proxy: no owner, the same address on every chain (see src/contracts/README.md).
export const deploymentProxy = '0x4e59b44847b379578588920cA78FbF26c0B4956C';
const zeroSalt = ethers.ZeroHash;

// Every setting that affects the bytes is fixed: one changed byte gives another factory address on every chain.
// Paris, so that the code runs on chains without PUSH0; runs 1, because a forwarder is deployed as often as it is called.
const settings = {
  evmVersion: 'paris',
  optimizer: { enabled: true, runs: 1 },
  metadata: { appendCBOR: false, bytecodeHash: 'none' },
};

/** Compiles the given sources (name → text) and returns artifacts by contract name. */
export function compile(sources) {
  const solc = load('solc');
  const input = {
    language: 'Solidity',
    sources: Object.fromEntries(Object.entries(sources).map(([name, content]) => [name, { content }])),
    settings: { ...settings, outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object', 'evm.deployedBytecode.object'] } } },
  };
  const output = JSON.parse(solc.compile(JSON.stringify(input)));
  if (output.errors?.length) throw new Error(output.errors.map((error) => error.formattedMessage).join('\n'));
  return Object.fromEntries(
    Object.values(output.contracts).flatMap(Object.entries).map(([name, { abi, evm }]) => [
      name,
      {
        contract: name,
        abi,
        bytecode: `0x${evm.bytecode.object}`,
        deployedBytecode: `0x${evm.deployedBytecode.object}`,
        solc: solc.version(),
        settings,
      },
    ]),
  );
}

/** Returns the address at which the deployment proxy creates a contract without constructor arguments. */
export function keylessAddress(artifact) {
  return ethers.getCreate2Address(deploymentProxy, zeroSalt, ethers.keccak256(artifact.bytecode));
}

/** Returns the transaction for the deployment proxy: the salt, then the init code. */
export function keylessDeployment(artifact) {
  return { to: deploymentProxy, data: ethers.concat([zeroSalt, artifact.bytecode]) };
}

function artifactFiles() {
  const names = ['Forwarder', 'ForwarderFactory', 'TestToken'];
  const sources = Object.fromEntries(
    names.map((name) => [`${name}.sol`, fs.readFileSync(path.join(contracts, `${name}.sol`), 'utf8')]),
  );
  const artifacts = compile(sources);
  const addresses = {
    deployment_proxy: deploymentProxy,
    salt: zeroSalt,
    factory: keylessAddress(artifacts.ForwarderFactory),
    test_token: keylessAddress(artifacts.TestToken),
  };
  const files = Object.fromEntries(names.map((name) => [`${name}.json`, artifacts[name]]));
  return { ...files, 'addresses.json': addresses };
}

function main(check) {
  for (const [name, content] of Object.entries(artifactFiles())) {
    const file = path.join(contracts, 'artifacts', name);
    const text = `${JSON.stringify(content, null, 2)}\n`;
    if (!check) fs.writeFileSync(file, text);
    else if (!fs.existsSync(file) || fs.readFileSync(file, 'utf8') !== text)
      fail(`${path.relative(root, file)} is not what the sources compile to: run scripts/contracts.sh`);
  }
  console.log(fs.readFileSync(path.join(contracts, 'artifacts', 'addresses.json'), 'utf8').trim());
}

if (process.argv[1] === import.meta.filename) main(process.argv.includes('--check'));
