// The contracts as ethers and a real node see them. Each export is one sentence of ContractTests.cs.
// usage: node contracts-witness.mjs RPC SENTENCE
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, '../../..');
const { compile, keylessAddress, keylessDeployment } = await import(path.join(root, 'scripts/dev/contracts.mjs'));
const { load } = await import(path.join(root, 'scripts/dev/tools.mjs'));
const { ethers } = load('ethers');

const artifact = (name) => JSON.parse(fs.readFileSync(path.join(root, `src/contracts/artifacts/${name}.json`), 'utf8'));
const addresses = artifact('addresses');
const forwarderCode = artifact('Forwarder');
const factoryCode = artifact('ForwarderFactory');
const native = ethers.ZeroAddress;

const provider = new ethers.JsonRpcProvider(process.argv[2], undefined, { staticNetwork: true, cacheTimeout: -1 });
const [funder, stranger] = await provider.send('eth_accounts', []);
// A busy node mines a transaction a moment after it took it.
const mostLooks = 2_000;
const randomAddress = () => ethers.getAddress(ethers.hexlify(ethers.randomBytes(20)));
const randomSalt = () => ethers.hexlify(ethers.randomBytes(32));

/** Sends from an account of the node, which mines at once, and returns the receipt; a failed transaction throws. */
async function send(transaction, from = funder) {
  return await mined(await provider.send('eth_sendTransaction', [{ from, gas: '0x1c9c380', ...transaction }]));
}

async function mined(hash) {
  let receipt = null;
  for (let looks = 0; !receipt && looks < mostLooks; looks++) receipt = await provider.send('eth_getTransactionReceipt', [hash]);
  assert.equal(receipt?.status, '0x1', 'the transaction failed');
  return receipt;
}

/** A contract at an address: `call.name(…)` reads, `send.name(from, …)` writes. */
function contract(abi, address) {
  const calls = new ethers.Contract(address, abi, provider);
  const write = (name) => (from, ...inputs) =>
    send({ to: address, data: calls.interface.encodeFunctionData(name, inputs) }, from);
  return { address, calls, send: new Proxy({}, { get: (_, name) => write(name) }) };
}

async function deployed(artifactOrCompiled) {
  const receipt = await send({ data: artifactOrCompiled.bytecode });
  return contract(artifactOrCompiled.abi, ethers.getAddress(receipt.contractAddress));
}

async function keyless(name) {
  const bytes = artifact(name);
  const address = keylessAddress(bytes);
  if ((await provider.getCode(address)) === '0x') await send(keylessDeployment(bytes));
  return contract(bytes.abi, address);
}

const awkward = () => compile({ 'AwkwardTokens.sol': fs.readFileSync(path.join(here, 'AwkwardTokens.sol'), 'utf8') });
const factory = () => keyless('ForwarderFactory');
const forwarderAt = (address) => contract(forwarderCode.abi, address);
const pay = (to, wei) => send({ to, value: ethers.toQuantity(wei) });

/** What anyone can compute offline, by ethers and not by our code. */
function computed(settlement, salt) {
  const initCode = ethers.concat([
    forwarderCode.bytecode,
    ethers.AbiCoder.defaultAbiCoder().encode(['address'], [settlement]),
  ]);
  return ethers.getCreate2Address(addresses.factory, salt, ethers.keccak256(initCode));
}

/** A token paid to a forwarder that is not deployed yet. */
async function paidInvoice(token, amount) {
  const settlement = randomAddress();
  const salt = randomSalt();
  const address = computed(settlement, salt);
  await token.send.mint(funder, address, amount);
  return { settlement, salt, address };
}

const sentences = {
  async The_factory_and_the_test_token_are_where_the_repository_says() {
    assert.equal((await factory()).address, addresses.factory);
    assert.equal((await keyless('TestToken')).address, addresses.test_token);
    assert.equal(await provider.getCode(addresses.factory), factoryCode.deployedBytecode);
    assert.equal(await (await keyless('TestToken')).calls.decimals(), 6n);
  },

  async A_chain_without_the_deployment_proxy_gets_it_by_the_documented_transaction() {
    const readme = fs.readFileSync(path.join(root, 'src/contracts/README.md'), 'utf8');
    const transaction = ethers.Transaction.from(readme.match(/0xf8a5[0-9a-f]+/)[0]);
    assert.ok(readme.includes(transaction.from), 'the sender in the README');
    const code = await provider.getCode(addresses.deployment_proxy);
    await provider.send('anvil_setCode', [addresses.deployment_proxy, '0x']);
    await provider.send('anvil_setNonce', [addresses.deployment_proxy, '0x0']);
    await pay(transaction.from, 10n ** 16n);
    await mined(await provider.send('eth_sendRawTransaction', [transaction.serialized]));
    assert.equal(await provider.getCode(addresses.deployment_proxy), code);
  },

  async A_forwarder_stands_where_anyone_can_compute_it() {
    const { calls, send: write } = await factory();
    for (let i = 0; i < 10; i++) {
      const settlement = randomAddress();
      const salt = randomSalt();
      assert.equal(await calls.addressOf(settlement, salt), computed(settlement, salt));
      await write.deploy(funder, settlement, salt);
      assert.equal(await forwarderAt(computed(settlement, salt)).calls.settlement(), settlement);
    }
  },

  async Deploying_twice_is_harmless() {
    const { send: write } = await factory();
    const settlement = randomAddress();
    const salt = randomSalt();
    assert.equal((await write.deploy(funder, settlement, salt)).logs.length, 1);
    assert.equal((await write.deploy(stranger, settlement, salt)).logs.length, 0);
  },

  async Tokens_and_coins_paid_before_deployment_arrive_at_the_settlement_address() {
    const token = await keyless('TestToken');
    const invoices = [await paidInvoice(token, 5_000_000n), await paidInvoice(token, 7n)];
    await pay(invoices[0].address, 10n ** 18n);
    const { send: write } = await factory();
    await write.flush(stranger, invoices, [token.address, native]);
    assert.equal(await token.calls.balanceOf(invoices[0].settlement), 5_000_000n);
    assert.equal(await token.calls.balanceOf(invoices[1].settlement), 7n);
    assert.equal(await provider.getBalance(invoices[0].settlement), 10n ** 18n);
    assert.equal(await provider.getBalance(invoices[0].address), 0n);
  },

  async A_second_flush_is_harmless_and_a_later_payment_can_be_flushed_again() {
    const token = await keyless('TestToken');
    const invoice = await paidInvoice(token, 1_000n);
    const { send: write } = await factory();
    await write.flush(funder, [invoice], [token.address]);
    assert.equal((await write.flush(funder, [invoice], [token.address, native])).logs.length, 0);
    await token.send.mint(funder, invoice.address, 50n);
    await write.flush(funder, [invoice], [token.address]);
    assert.equal(await token.calls.balanceOf(invoice.settlement), 1_050n);
  },

  async A_token_that_returns_nothing_is_flushed() {
    const token = await deployed(awkward().SilentToken);
    const invoice = await paidInvoice(token, 900n);
    await (await factory()).send.flush(funder, [invoice], [token.address]);
    assert.equal(await token.calls.balanceOf(invoice.settlement), 900n);
  },

  async A_token_that_refuses_blocks_nothing_else_and_stays_where_it_is() {
    const refusing = await deployed(awkward().RefusingToken);
    const token = await keyless('TestToken');
    const invoices = [await paidInvoice(refusing, 3n), await paidInvoice(token, 4n)];
    const receipt = await (await factory()).send.flush(funder, invoices, [refusing.address, randomAddress(), token.address]);
    assert.equal(await token.calls.balanceOf(invoices[1].settlement), 4n);
    assert.equal(await refusing.calls.balanceOf(invoices[0].address), 3n);
    const failed = receipt.logs.filter((log) => log.topics[0] === ethers.id('FlushFailed(address,address)'));
    // The refused token once, the address without a contract for both forwarders.
    assert.equal(failed.length, 3);
    const flush = forwarderAt(invoices[0].address).calls.flush.staticCall([refusing.address]);
    await assert.rejects(flush, (error) => error.revert?.name === 'TransferFailed' && error.revert.args[0] === refusing.address);
  },

  async A_settlement_address_that_takes_no_coins_still_gets_its_tokens() {
    const refusing = await deployed(awkward().RefusingSettlement);
    const token = await keyless('TestToken');
    const salt = randomSalt();
    const address = computed(refusing.address, salt);
    await token.send.mint(funder, address, 11n);
    await pay(address, 1n);
    await (await factory()).send.flush(funder, [{ settlement: refusing.address, salt }], [native, token.address]);
    assert.equal(await token.calls.balanceOf(refusing.address), 11n);
    assert.equal(await provider.getBalance(address), 1n);
  },

  async Nobody_can_send_the_money_anywhere_else() {
    const token = await keyless('TestToken');
    const invoice = await paidInvoice(token, 77n);
    const { send: write } = await factory();
    // A stranger names himself as the settlement address: that is another forwarder, and an empty one.
    await write.flush(stranger, [{ settlement: stranger, salt: invoice.salt }], [token.address]);
    assert.equal(await token.calls.balanceOf(invoice.address), 77n);
    await write.deploy(stranger, invoice.settlement, invoice.salt);
    // The whole surface: one reader, and a flush that takes no destination.
    assert.deepEqual(
      forwarderCode.abi.filter((entry) => entry.type === 'function').map((entry) => ethers.FunctionFragment.from(entry).format()),
      ['flush(address[])', 'settlement()'],
    );
    await forwarderAt(invoice.address).send.flush(stranger, [token.address]);
    assert.equal(await token.calls.balanceOf(invoice.settlement), 77n);
    assert.equal(await token.calls.balanceOf(stranger), 0n);
  },

  async A_plain_transfer_with_2300_gas_arrives() {
    const payer = await deployed(awkward().FrugalPayer);
    const settlement = randomAddress();
    const salt = randomSalt();
    await (await factory()).send.deploy(funder, settlement, salt);
    const data = payer.calls.interface.encodeFunctionData('pay', [computed(settlement, salt)]);
    await send({ to: payer.address, data, value: '0x5' });
    assert.equal(await provider.getBalance(computed(settlement, salt)), 5n);
  },

  async The_zero_address_is_refused_as_a_settlement_address() {
    const { calls } = await factory();
    const named = (error) => error.revert?.name === 'NoSettlementAddress';
    await assert.rejects(calls.addressOf(native, randomSalt()), named);
    await assert.rejects(calls.deploy.staticCall(native, randomSalt()), named);
    await assert.rejects(calls.flush.staticCall([{ settlement: native, salt: randomSalt() }], []), named);
  },
};

await sentences[process.argv[3]]();
provider.destroy();
