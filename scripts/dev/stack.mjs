// The programs of the development stack, each on free ports of 127.0.0.1.
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { accountKey, deployContracts, node } from './chains.mjs';
import { freePorts, Program } from './processes.mjs';
import { gatewayCaller, jsonRpc } from './rpc.mjs';
import { line } from './print.mjs';
import { root, tools } from './tools.mjs';

// Published by Azure and by Foundry, the same on every machine: test accounts with play money.
const azuriteKey = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';
const funderKey = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80';
const gasWalletKey = '0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d';
const merchantAddress = '0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC';
const chainId = 31337;
const readWithin = 60_000;
const lookEvery = 100;

const secret = (bytes = 24) => randomBytes(bytes).toString('base64url');
const local = (port) => `http://127.0.0.1:${port}`;
const addresses = () => JSON.parse(fs.readFileSync(path.join(root, 'src/contracts/artifacts/addresses.json'), 'utf8'));

const listens = (port) => new Promise((resolve) => {
  const socket = net.connect(port, '127.0.0.1');
  socket.once('connect', () => resolve(socket.destroy() && true)).once('error', () => resolve(false));
});

/** Prints how long a start took. */
async function started(name, detail, work) {
  const from = Date.now();
  const result = await work();
  line(name, `ready in ${((Date.now() - from) / 1000).toFixed(1)} s`, detail, 'good');
  return result;
}

function azurite(folder, [blob, queue, table]) {
  const data = path.join(folder, 'azurite-data');
  return new Program('azurite', process.execPath, [
    path.join(tools, 'node_modules/azurite/dist/src/azurite.js'),
    '--silent', '--skipApiVersionCheck', '--location', data,
    '--blobHost', '127.0.0.1', '--blobPort', blob, '--queueHost', '127.0.0.1', '--queuePort', queue,
    '--tableHost', '127.0.0.1', '--tablePort', table,
  ].map(String), { folder, ready: async () => (await Promise.all([blob, queue, table].map(listens))).every(Boolean) });
}

function anvil(folder, port) {
  return new Program('anvil', path.join(tools, 'node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil'), [
    '--host', '127.0.0.1', '--port', String(port), '--chain-id', String(chainId),
    '--silent', '--slots-in-an-epoch', '4', '--hardfork', 'prague',
  ], {
    folder,
    // anvil keeps its state files in the home folder.
    env: { HOME: folder },
    ready: async () => (await jsonRpc(local(port))('eth_chainId')) === `0x${chainId.toString(16)}`,
  });
}

function bitcoind(folder, port, user, password) {
  const data = path.join(folder, 'bitcoin-data');
  fs.mkdirSync(data, { recursive: true });
  return new Program('bitcoind', path.join(tools, 'bitcoin/bin/bitcoind'), [
    `-datadir=${data}`, `-conf=${path.join(root, 'scripts/dev/bitcoin.conf')}`, '-regtest', '-server', '-printtoconsole=0', '-rpcbind=127.0.0.1',
    '-rpcallowip=127.0.0.1', `-rpcport=${port}`, `-rpcuser=${user}`, `-rpcpassword=${password}`, '-listen=0',
    '-listenonion=0', '-discover=0', '-dnsseed=0', '-fixedseeds=0', '-natpmp=0', '-upnp=0', '-txindex=1', '-blockfilterindex=1',
    '-fallbackfee=0.0002', '-dbcache=16', '-rpcthreads=4', '-unsafesqlitesync',
  ], { folder, ready: async () => (await jsonRpc(local(port), user, password)('getblockcount')) >= 0 });
}

const account = 'devstoreaccount1';

const connectionString = ({ blob, queue, table }) => `DefaultEndpointsProtocol=http;AccountName=${account};AccountKey=${azuriteKey};`
  + `BlobEndpoint=${blob}/${account};QueueEndpoint=${queue}/${account};TableEndpoint=${table}/${account};`;

function gatewaySettings(stack, keys) {
  const { anvil: evm, 'bitcoin-regtest': regtest } = stack.networks;
  return {
    AZURE_FUNCTIONS_ENVIRONMENT: 'Development',
    PollSchedule: '*/1 * * * * *',
    ASPNETCORE_URLS: stack.gateway,
    AzureWebJobsStorage: stack.storage,
    CoinPay__OperatorKey: stack.operator_key,
    CoinPay__KeyPepper: keys.pepper,
    CoinPay__SecretsKey: keys.secrets,
    CoinPay__GasWalletKey: gasWalletKey,
    CoinPayHost__SystemKey: stack.system_key,
    CoinPay__Webhooks__AllowLoopback: 'true',
    CoinPay__WalletDelay: '00:00:00',
    CoinPay__PublicUrl: stack.gateway,
    // One euro in test dollars, so that a price in euros can be tried without a rate provider.
    CoinPay__Rates__EUR__USDT: '1.0812',
    CoinPay__Networks__anvil__Rpc: evm.rpc,
    CoinPay__Networks__anvil__PollInterval: '00:00:01',
    CoinPay__Networks__bitcoin_regtest__Rpc: regtest.rpc,
    CoinPay__Networks__bitcoin_regtest__User: regtest.user,
    CoinPay__Networks__bitcoin_regtest__Password: regtest.password,
    CoinPay__Networks__bitcoin_regtest__PollInterval: '00:00:01',
  };
}

function gateway(folder, stack, env, hostOptions) {
  return new Program('gateway', 'dotnet', [path.join(folder, 'app', 'CoinPay.Host.dll'), ...hostOptions], {
    folder, env, ready: async () => (await fetch(`${stack.gateway}/health/live`)).status === 200,
  });
}

/** Returns the content of .coinpay/dev.json before anything runs. */
function describe([gatewayPort, anvilPort, bitcoinPort, blob, queue, table]) {
  const { factory, test_token } = addresses();
  const azurite = { blob: local(blob), queue: local(queue), table: local(table) };
  return {
    gateway: local(gatewayPort),
    operator_key: `op_${secret()}`,
    system_key: secret(),
    merchant: null,
    webhook_receiver: null,
    networks: {
      anvil: {
        rpc: local(anvilPort), chain_id: chainId, factory, tokens: { USDT: { address: test_token, decimals: 6 } },
        funder_private_key: funderKey,
      },
      'bitcoin-regtest': { rpc: local(bitcoinPort), user: 'coinpay', password: secret(), wallet: 'payer' },
    },
    azurite,
    storage: connectionString(azurite),
    pids: {},
  };
}

/**
 * Starts all programs, adding each to `programs` so that they can be stopped if a later one fails; returns the description.
 * `hostOptions` are passed to CoinPay.Host.
 */
export async function startStack(folder, programs, hostOptions = []) {
  const ports = await freePorts(6);
  const [, anvilPort, bitcoinPort, ...azuritePorts] = ports;
  const stack = describe(ports);
  const { anvil: evm, 'bitcoin-regtest': regtest } = stack.networks;
  const start = (program, detail) => {
    programs[program.name] = program;
    stack.pids[program.name] = program.pid;
    return started(program.name, detail, () => program.whenReady());
  };
  await start(azurite(folder, azuritePorts), `ports ${azuritePorts.join(', ')}`);
  await start(anvil(folder, anvilPort), evm.rpc);
  await start(bitcoind(folder, bitcoinPort, regtest.user, regtest.password), regtest.rpc);
  await started('chains', `factory ${evm.factory}`, () => prepareChains(stack));
  const env = gatewaySettings(stack, { pepper: secret(), secrets: randomBytes(32).toString('base64') });
  await start(gateway(folder, stack, env, hostOptions), stack.gateway);
  return stack;
}

async function prepareChains(stack) {
  const regtest = stack.networks['bitcoin-regtest'];
  await deployContracts(stack.networks.anvil);
  await jsonRpc(regtest.rpc, regtest.user, regtest.password)('createwallet', regtest.wallet);
  // A coinbase can be spent after 100 more blocks.
  await node(stack, 'bitcoin-regtest').mine(101);
}

/** A gateway takes orders for a network once it has read it, which on a fresh start takes a second or two. */
async function networksRead(stack) {
  const call = gatewayCaller(stack.gateway, stack.merchant.api_key);
  const end = Date.now() + readWithin;
  for (;;) {
    const { data } = await call('GET', '/v1/networks');
    const unread = data.filter((network) => network.name in stack.networks && network.status !== 'available');
    if (unread.length === 0) return;
    if (Date.now() > end) throw new Error(`${unread.map((network) => network.name)} not read within ${readWithin / 1000} s`);
    await delay(lookEvery);
  }
}

/** Creates a merchant with a wallet of each kind and a webhook endpoint, as an operator and a merchant do once. */
export async function addDemoMerchant(stack, receiver) {
  const operator = gatewayCaller(stack.gateway, stack.operator_key);
  const merchant = await operator('POST', '/v1/merchants', { name: 'Demo shop', default_currency: 'USDT' });
  stack.merchant = { id: merchant.id, api_key: merchant.api_key };
  const wallets = `/v1/merchants/${merchant.id}/wallets`;
  await operator('PUT', `${wallets}/anvil`, { kind: 'forwarder', settlement_address: merchantAddress });
  const key = await accountKey(stack.networks['bitcoin-regtest'], 'merchant');
  await operator('PUT', `${wallets}/bitcoin-regtest`, { kind: 'xpub', ...key });
  stack.webhook_receiver = receiver.url;
  const endpoint = await gatewayCaller(stack.gateway, merchant.api_key)('POST', '/v1/webhook-endpoints', { url: receiver.url });
  receiver.secret = endpoint.secret;
  await networksRead(stack);
  line('merchant', 'created', `${merchant.id}, wallets on anvil and bitcoin-regtest, webhooks to ${receiver.url}`, 'good');
}
