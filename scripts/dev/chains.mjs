// Pays and mines on the development nodes that .coinpay/dev.json describes.
import fs from 'node:fs';
import path from 'node:path';
import { keylessDeployment } from './contracts.mjs';
import { until } from './processes.mjs';
import { jsonRpc } from './rpc.mjs';
import { load, root } from './tools.mjs';

const { ethers } = load('ethers');

const artifact = (name) => JSON.parse(fs.readFileSync(path.join(root, 'src/contracts/artifacts', `${name}.json`), 'utf8'));
const token = () => new ethers.Interface(artifact('TestToken').abi);

/** Returns the node of a network in dev.json by its short name: `call`, `mine(n)`, `pay(address, symbol, amount)`. */
export function node(stack, name) {
  const network = stack.networks[name];
  if (!network) throw new Error(`unknown network ${name}; this stack runs ${Object.keys(stack.networks).join(', ')}`);
  return network.chain_id === undefined ? bitcoinNode(network) : evmNode(network);
}

/** Returns the short name of the network on which an invoice is to be paid. */
export function networkOf(stack, invoice) {
  const id = invoice.payment.network;
  const found = Object.entries(stack.networks).find(([name, network]) =>
    name === id || (network.chain_id === undefined ? id.startsWith('bip122:') : id === `eip155:${network.chain_id}`));
  if (!found) throw new Error(`the invoice is on ${id}, which this stack does not run`);
  return found[0];
}

function evmNode(network) {
  const call = jsonRpc(network.rpc);
  const funder = new ethers.Wallet(network.funder_private_key).address;
  const send = async (transaction) => {
    const hash = await call('eth_sendTransaction', { from: funder, ...transaction });
    // It is mined at once, but on a busy machine the response can come first.
    const receipt = await until(async () => (await call('eth_getTransactionReceipt', hash)) ?? false, `transaction ${hash}`);
    if (receipt.status === '0x0') throw new Error(`transaction ${hash} failed on the chain`);
    return hash;
  };
  return {
    call,
    send,
    height: async () => Number(await call('eth_blockNumber')),
    mine: (blocks) => call('anvil_mine', ethers.toQuantity(blocks)),
    async pay(address, symbol, amount) {
      const listed = network.tokens[symbol];
      if (!listed) return send({ to: address, value: ethers.toQuantity(ethers.parseEther(amount)) });
      const units = ethers.parseUnits(amount, listed.decimals);
      await send({ to: listed.address, data: token().encodeFunctionData('mint', [funder, units]) });
      return send({ to: listed.address, data: token().encodeFunctionData('transfer', [address, units]) });
    },
  };
}

function bitcoinNode(network) {
  const call = jsonRpc(network.rpc, network.user, network.password);
  const wallet = jsonRpc(`${network.rpc.replace(/\/$/, '')}/wallet/${network.wallet}`, network.user, network.password);
  return {
    call,
    height: () => call('getblockcount'),
    mine: async (blocks) => wallet('generatetoaddress', blocks, await wallet('getnewaddress')),
    pay: (address, _, amount) => wallet('sendtoaddress', address, amount),
  };
}

/** Deploys the factory and the test token at their addresses, as src/contracts/README.md describes. */
export async function deployContracts(network) {
  const { call, send } = evmNode(network);
  const { factory, test_token } = artifact('addresses');
  for (const [name, address] of [['ForwarderFactory', factory], ['TestToken', test_token]]) {
    if ((await call('eth_getCode', address, 'latest')) === '0x') await send(keylessDeployment(artifact(name)));
    if ((await call('eth_getCode', address, 'latest')) === '0x') throw new Error(`${name} is not at ${address}`);
  }
}

/** Returns the account key that merchants would export from their wallets, from a throw-away wallet of the node. */
export async function accountKey(network, walletName) {
  const call = jsonRpc(network.rpc, network.user, network.password);
  await call('createwallet', walletName);
  const wallet = jsonRpc(`${network.rpc.replace(/\/$/, '')}/wallet/${walletName}`, network.user, network.password);
  const { descriptors } = await wallet('listdescriptors');
  const receive = descriptors.find(({ desc, internal }) => desc.startsWith('wpkh(') && !internal).desc;
  // wpkh([fingerprint/84h/1h/0h]tpub…/0/*)#checksum
  const [, origin, xpub] = receive.match(/^wpkh\((\[[^\]]+\])([a-zA-Z0-9]+)\/0\/\*\)/);
  return { xpub, origin: origin.replaceAll("'", 'h') };
}
