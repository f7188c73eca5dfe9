// Output for people: aligned plain text, with seconds since the start; colour only on a terminal.
const colours = { plain: '', dim: '2', good: '32', bad: '31', warn: '33', strong: '1' };
const coloured = process.stdout.isTTY && !process.env.NO_COLOR;

export function paint(colour, text) {
  return coloured && colours[colour] ? `\x1b[${colours[colour]}m${text}\x1b[0m` : text;
}

/** Prints one line: time, subject, state and detail. */
export function line(subject, state, detail = '', colour = 'plain') {
  const seconds = `${(process.uptime()).toFixed(1)} s`.padStart(8);
  console.log(`${paint('dim', seconds)}  ${subject.padEnd(12)} ${paint(colour, state.padEnd(24))} ${detail}`.trimEnd());
}

export function heading(text) {
  console.log(`\n${paint('strong', text)}`);
}
