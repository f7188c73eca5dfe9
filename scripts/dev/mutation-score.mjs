// Prints the score of each file of a mutation report, and the mutants that no test killed.
// usage: node mutation-score.mjs REPORT.json     (https://github.com/stryker-mutator/mutation-testing-elements, report schema)
import { readFileSync } from 'node:fs';

const detected = ['Killed', 'Timeout'];
const undetected = ['Survived', 'NoCoverage'];

const report = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const files = Object.entries(report.files)
  .map(([path, { mutants, source }]) => ({ path: shortened(path), source, mutants: mutants.filter(isCounted) }))
  .filter(({ mutants }) => mutants.length > 0)
  .sort((a, b) => a.path.localeCompare(b.path));

for (const { path, source, mutants } of files)
  for (const mutant of mutants.filter(({ status }) => undetected.includes(status)))
    console.log(`${path}:${mutant.location.start.line}  ${mutant.status}  ${original(source, mutant)}  ->  ${oneLine(mutant.replacement)}`);

console.log(`\n${'file'.padEnd(40)} score  killed  timeout  survived  no coverage`);
for (const { path, mutants } of files) print(path, mutants);
print('all', files.flatMap(({ mutants }) => mutants));

function isCounted({ status }) {
  return detected.includes(status) || undetected.includes(status);
}

function print(name, mutants) {
  const count = (...statuses) => mutants.filter(({ status }) => statuses.includes(status)).length;
  const score = (100 * count(...detected)) / mutants.length;
  const columns = [count('Killed'), count('Timeout'), count('Survived'), count('NoCoverage')];
  const widths = [6, 7, 8, 11];
  console.log(`${name.padEnd(40)} ${score.toFixed(1).padStart(5)}  ${columns.map((n, i) => String(n).padStart(widths[i])).join('  ')}`);
}

function shortened(path) {
  return path.replace(/^.*CoinPay\.Core\//, '');
}

function original(source, { location: { start, end } }) {
  const lines = source.split('\n').slice(start.line - 1, end.line);
  lines[lines.length - 1] = lines.at(-1).slice(0, end.column - 1);
  lines[0] = lines[0].slice(start.column - 1);
  return oneLine(lines.join(' '));
}

function oneLine(text) {
  const flat = text.replace(/\s+/g, ' ');
  return flat.length > 120 ? flat.slice(0, 117) + '…' : flat;
}
