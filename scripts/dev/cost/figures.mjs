// Calculates figures from prices and usage, without I/O. Kinds of cost are the names in prices.json.

/** @param given the command's options by name */
export function figures(prices, usage, given) {
  return {
    assumptions: given,
    unverified: Object.entries(prices.prices).filter(([, price]) => !price.checked).map(([name]) => name),
    target: usage.target,
    forms: { functions: formOf('functions', prices, usage, given), process: formOf('process', prices, usage, given) },
  };
}

function formOf(form, prices, usage, given) {
  const sources = idleSources(form, usage, given);
  const idleUsed = { ...usage.idle[form].used, ...sumOf(sources.map(({ kind, operations }) => ({ [kind]: operations }))) };
  const invoiceUsed = sumOf([usage.invoice.both, usage.invoice[form]]);
  const operations = sources.reduce((sum, source) => sum + source.operations, 0);
  const invoiceOperations = operationsOf(invoiceUsed, usage);
  addSecrets(idleUsed, usage, given);
  addEndpoints(idleUsed, operations, usage, given);
  if (given['private-endpoints'] > 0) invoiceUsed.endpointGb = invoiceOperations * usage.endpointGbPerOperation;
  if (form === 'functions') {
    addIdleExecutions(idleUsed, usage, given);
    addInvoiceExecutions(invoiceUsed, usage, given);
  }
  const idle = costOf(afterGrants(idleUsed, prices.grants), prices);
  const invoice = costOf(invoiceUsed, prices);
  const month = costOf(afterGrants(sumOf([idleUsed, times(invoiceUsed, given.invoices)]), prices.grants), prices);
  return {
    idle: { sources, operations, isWithinTarget: operations <= usage.target, ...idle },
    invoice: { operations: invoiceOperations, estimate: usage.invoice.estimates.includes(form), ...invoice },
    total: month.sum,
  };
}

/** Returns the storage requests that are made even without invoices. */
function idleSources(form, usage, given) {
  const month = usage.hoursPerMonth * 3600;
  const sources = [];
  const add = (what, kind, operations, estimate = false) => sources.push({ what, kind, operations, estimate });
  for (const [name, timer] of Object.entries(usage.timers)) {
    const eachRun = sumOf([timer.operations, times(timer.operationsPerNetwork, given.networks)]);
    for (const [kind, count] of Object.entries(eachRun)) add(name, kind, runsOf(timer, usage, given) * count);
  }
  const { triggers, pollSeconds, kind } = usage.queues;
  add(`${triggers.length} queue triggers poll`, kind, triggers.length * (month / pollSeconds[form]));
  for (const source of usage.idle[form].requests) {
    const count = source.perTimer ? Object.keys(usage.timers).length : source.times;
    add(source.what, source.kind, count * (month / source.everySeconds), source.estimate);
  }
  return sources;
}

/** Returns how often a timer runs in a month. Of the six fields, day, month and weekday must be `*`. */
function runsOf({ schedule }, { hoursPerMonth }, { poll }) {
  if (schedule === '%PollSchedule%') return (hoursPerMonth * 3600) / poll;
  const [second, minute, hour, ...days] = schedule.split(' ');
  if (days.join(' ') !== '* * *') throw new Error(`${schedule} does not run every day`);
  return timesOf(second, 60) * timesOf(minute, 60) * timesOf(hour, 24) * (hoursPerMonth / 24);
}

function timesOf(field, size) {
  if (field === '*') return size;
  if (field.startsWith('*/')) return Math.ceil(size / Number(field.slice(2)));
  if (/^[0-9,]+$/.test(field)) return field.split(',').length;
  throw new Error(`cannot read ${field} in a schedule`);
}

/** Every timer run is billed for at least a second. Runs that overlap on an instance are billed once; that is ignored here. */
function addIdleExecutions(used, usage, given) {
  const runs = Object.values(usage.timers).reduce((sum, timer) => sum + runsOf(timer, usage, given), 0);
  used.executions = runs;
  used.gbSeconds = runs * usage.execution.seconds * usage.execution.gigabytes;
  used.alwaysReadyGbSeconds = given['always-ready'] * usage.hoursPerMonth * 3600 * usage.execution.gigabytes;
}

/** Orchestrations and their activities are the always-ready group, if there is one. */
function addInvoiceExecutions(used, usage, given) {
  const { durable, other } = usage.invoice.executions;
  const each = usage.execution.seconds * usage.execution.gigabytes;
  const isReady = given['always-ready'] > 0;
  used.executions = other + (isReady ? 0 : durable);
  used.gbSeconds = used.executions * each;
  used.alwaysReadyExecutions = isReady ? durable : 0;
  used.alwaysReadyExecutionGbSeconds = used.alwaysReadyExecutions * each;
}

function addSecrets(used, { secrets, hoursPerMonth }, given) {
  used.keyVault = (secrets.count + secrets.perNetwork * given.networks) * ((hoursPerMonth * 3600) / secrets.everySeconds);
}

function addEndpoints(used, operations, usage, given) {
  const endpoints = given['private-endpoints'];
  used.endpointHours = endpoints * usage.hoursPerMonth;
  used.endpointGb = endpoints > 0 ? operations * usage.endpointGbPerOperation : 0;
}

/** Subtracts the monthly free grants for on-demand use. */
function afterGrants(used, grants) {
  return Object.fromEntries(Object.entries(used).map(([kind, amount]) => [kind, Math.max(0, amount - (grants[kind] ?? 0))]));
}

function costOf(used, { prices }) {
  const cost = {};
  for (const [kind, amount] of Object.entries(used)) {
    if (!prices[kind]) throw new Error(`${kind} has no price`);
    if (amount > 0) cost[kind] = (amount / prices[kind].per) * prices[kind].amount;
  }
  return { cost, sum: Object.values(cost).reduce((sum, amount) => sum + amount, 0) };
}

function operationsOf(used, { operationKinds }) {
  return operationKinds.reduce((sum, kind) => sum + (used[kind] ?? 0), 0);
}

function sumOf(parts) {
  const sum = {};
  for (const part of parts)
    for (const [kind, amount] of Object.entries(part ?? {})) sum[kind] = (sum[kind] ?? 0) + amount;
  return sum;
}

function times(used, count) {
  return Object.fromEntries(Object.entries(used ?? {}).map(([kind, amount]) => [kind, amount * count]));
}
