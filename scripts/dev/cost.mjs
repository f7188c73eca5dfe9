// Prints what a month costs while idle and what an invoice adds. For usage see scripts/cost.sh.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { figures } from './cost/figures.mjs';
import { fail } from './tools.mjs';

const names = { functions: 'Azure Functions (Flex Consumption)', process: 'a self-hosted process on an Azure storage account' };

/** The numeric options and the minimum of each. */
const least = { 'invoices': 0, 'networks': 1, 'poll': 1, 'always-ready': 0, 'private-endpoints': 0 };

const options = read(process.argv.slice(2));
const prices = readJson(options.prices ?? new URL('cost/prices.json', import.meta.url));
const usage = readJson(options.usage ?? new URL('cost/usage.json', import.meta.url));
const answer = figures(prices, usage, assumptions());
if (options.json) console.log(JSON.stringify(answer, null, 2));
else print(answer);

function read(args) {
  const text = { type: 'string' };
  const numbers = Object.fromEntries(Object.keys(least).map(name => [name, text]));
  try {
    return parseArgs({ args, options: { ...numbers, prices: text, usage: text, json: { type: 'boolean' } } }).values;
  } catch (error) {
    fail(error.message);
  }
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    fail(`${file} cannot be read as JSON: ${error.message}`);
  }
}

function assumptions() {
  const given = {};
  for (const [name, smallest] of Object.entries(least)) {
    const value = Number(options[name] ?? usage.defaults[name]);
    if (!Number.isInteger(value) || value < smallest) fail(`--${name} must be a whole number, ${smallest} or more`);
    given[name] = value;
  }
  return given;
}

function print({ assumptions: given, unverified, target, forms }) {
  console.log(`Prices of ${prices.written} (${prices.region}, ${prices.currency}), usage of ${usage.written}; `
    + `a month has ${usage.hoursPerMonth} hours.`);
  console.log(`${given.invoices} invoices a month, ${given.networks} network(s) polled every ${given.poll} s, `
    + `${given['always-ready']} instance(s) always ready, ${given['private-endpoints']} private endpoint(s).`);
  for (const [name, form] of Object.entries(forms)) printForm(names[name], form, target, given);
  console.log('\n~ is an estimate, not measured on Azure. Gigabytes stored and logged and executions per invoice are estimates too.\n'
    + 'Not included: the machine of a self-hosted process, nodes, traffic, alerts.');
  console.log(unverified.length === 0 ? 'Every price was checked against its page.'
    : `NOT VERIFIED against the pages listed in prices.json: ${unverified.join(', ')}.`);
}

function printForm(name, { idle, invoice, total }, target, given) {
  console.log(`\n${name}\n  storage operations a month while idle`);
  for (const { what, kind, operations, estimate } of idle.sources)
    line(`${estimate ? '~ ' : '  '}${what} (${kind})`, whole(operations));
  line('  in total', `${whole(idle.operations)}  ${idle.isWithinTarget ? 'within' : 'ABOVE'} the target of ${whole(target)}`);
  console.log(`  a month while idle, in ${prices.currency}`);
  printCost(idle);
  console.log('  a paid invoice adds (before the monthly free grants)');
  line(`${invoice.estimate ? '~' : ' '} storage operations`, whole(invoice.operations));
  printCost(invoice);
  console.log(`  a month with ${given.invoices} invoices`);
  line('  in total', money(total));
}

function printCost({ cost, sum }) {
  for (const [kind, amount] of Object.entries(cost)) line(`  ${kind}: ${prices.prices[kind].what}`, money(amount));
  line('  in total', money(sum));
}

function line(what, value) {
  console.log(`    ${what.padEnd(72)} ${value.padStart(12)}`);
}

function whole(number) {
  return Math.round(number).toLocaleString('en');
}

/** An invoice costs far less than a cent. */
function money(amount) {
  return amount.toFixed(amount === 0 || amount >= 0.01 ? 2 : 7);
}
