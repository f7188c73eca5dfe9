// What a test compares ours with: cases made and solved by npm libraries alone. One JSON object a line on stdout.
// usage: node witness.mjs KIND COUNT SEED [ARGUMENT]; the same seed gives the same cases.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { load } from '../../scripts/dev/tools.mjs';

const [kind, count, seed, argument] = process.argv.slice(2);

/** 32 bytes that follow from the seed, the case's number and a name. */
const random = (number, name) => createHash('sha256').update(`${seed}/${number}/${name}`).digest();
const pick = (number, name, choices) => choices[random(number, name).readUInt32BE() % choices.length];
const below = (number, name, bytes) => BigInt(`0x0${random(number, name).subarray(0, bytes).toString('hex')}`);

const networks = {
  'bitcoin/main': { bech32: 'bc', pubKeyHash: 0x00, scriptHash: 0x05, keys: { xpub: 0x0488b21e, zpub: 0x04b24746 } },
  'bitcoin/test': { bech32: 'tb', pubKeyHash: 0x6f, scriptHash: 0xc4, keys: { tpub: 0x043587cf, vpub: 0x045f1cf6 } },
  'bitcoin/regtest': { bech32: 'bcrt', pubKeyHash: 0x6f, scriptHash: 0xc4, keys: { tpub: 0x043587cf, vpub: 0x045f1cf6 } },
  'litecoin/main': { bech32: 'ltc', pubKeyHash: 0x30, scriptHash: 0x32, keys: { Ltub: 0x019da462, xpub: 0x0488b21e } },
  'litecoin/test': { bech32: 'tltc', pubKeyHash: 0x6f, scriptHash: 0x3a, keys: { ttub: 0x0436f6e1, tpub: 0x043587cf } },
  'litecoin/regtest': { bech32: 'rltc', pubKeyHash: 0x6f, scriptHash: 0x3a, keys: { tpub: 0x043587cf } },
};

/** An account key at m/84'/c'/a' and the P2WPKH address of /0/index below it, by bip32 and bitcoinjs-lib. */
function address() {
  const bitcoin = load('bitcoinjs-lib');
  const bip32 = load('bip32').BIP32Factory(load('@bitcoinerlab/secp256k1'));
  return (number) => {
    const name = pick(number, 'network', Object.keys(networks));
    const { bech32, pubKeyHash, scriptHash, keys } = networks[name];
    const prefix = pick(number, 'prefix', Object.keys(keys));
    const network = { ...bitcoin.networks.bitcoin, bech32, pubKeyHash, scriptHash, bip32: { public: keys[prefix], private: 0x0488ade4 } };
    const account = bip32.fromSeed(random(number, 'key'), network).derivePath(`m/84'/0'/${number}'`).neutered();
    const index = Number(below(number, 'index', 4) >> 1n);
    const { publicKey } = account.derive(0).derive(index);
    const { address: text, output } = bitcoin.payments.p2wpkh({ pubkey: publicKey, network });
    const legacy = bitcoin.payments.p2pkh({ pubkey: publicKey, network });
    const wrapped = bitcoin.payments.p2sh({ redeem: bitcoin.payments.p2wpkh({ pubkey: publicKey, network }), network });
    const others = [legacy, wrapped].map((payment) => ({ address: payment.address, script: Buffer.from(payment.output).toString('hex') }));
    return { network: name, prefix, key: account.toBase58(), index, address: text, script: Buffer.from(output).toString('hex'), others };
  };
}

/** A forwarder's CREATE2 address by ethers; the argument is the artifact with its init code. */
function create2() {
  const { ethers } = load('ethers');
  const { bytecode } = JSON.parse(fs.readFileSync(argument, 'utf8'));
  return (number) => {
    const factory = ethers.getAddress(ethers.hexlify(random(number, 'factory').subarray(12)));
    const settlement = ethers.getAddress(ethers.hexlify(random(number, 'settlement').subarray(12)));
    const invoice = `inv_${number}`;
    const salt = ethers.id(invoice);
    const hash = ethers.keccak256(ethers.concat([bytecode, ethers.AbiCoder.defaultAbiCoder().encode(['address'], [settlement])]));
    return { factory, settlement, invoice, salt, hash, address: ethers.getCreate2Address(factory, salt, hash) };
  };
}

/** A transaction signed by ethers: EIP-1559, or EIP-155 every third time. Signatures are deterministic (RFC 6979). */
function transaction() {
  const { ethers } = load('ethers');
  return (number) => {
    const key = ethers.hexlify(random(number, 'key'));
    const fields = {
      chainId: 1n + below(number, 'chain', 3),
      nonce: Number(below(number, 'nonce', number % 5)),
      gasLimit: below(number, 'gas', 3),
      to: ethers.hexlify(random(number, 'to').subarray(12)),
      value: below(number, 'value', number % 12),
      data: ethers.hexlify(random(number, 'data').subarray(0, number % 33)),
      ...(number % 3 === 0
        ? { type: 0, gasPrice: below(number, 'price', 5) }
        : { type: 2, maxPriorityFeePerGas: below(number, 'tip', 4), maxFeePerGas: below(number, 'tip', 4) + below(number, 'fee', 5) }),
    };
    const unsigned = ethers.Transaction.from(fields);
    const wallet = new ethers.SigningKey(key);
    unsigned.signature = wallet.sign(unsigned.unsignedHash);
    const texts = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, `${value}`]));
    return { ...texts, key, from: ethers.computeAddress(key), signed: unsigned.serialized };
  };
}

/** A webhook as the npm library of Standard Webhooks signs it. */
function webhook() {
  const { Webhook } = load('standardwebhooks');
  return (number) => {
    const secret = `whsec_${Buffer.concat([random(number, 'secret'), random(number, 'more')]).subarray(0, 24 + (number % 41)).toString('base64')}`;
    const id = `evt_${random(number, 'id').toString('hex').slice(0, 26)}`;
    const timestamp = Number(below(number, 'time', 4));
    const body = JSON.stringify({ id, text: random(number, 'text').toString('latin1'), euro: '€ 🧾' });
    return { secret, id, timestamp: `${timestamp}`, body, signature: new Webhook(secret).sign(id, new Date(timestamp * 1000), body) };
  };
}

const solve = { address, create2, transaction, webhook }[kind]();
for (let number = 0; number < Number(count); number++) console.log(JSON.stringify(solve(number)));
