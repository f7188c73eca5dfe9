// A real Chromium for page tests: one browser, a new private window for each visit.
// usage: node browse.mjs CHROMIUM < one JSON object a line:
//   {id, url, javascript?, dark?, width?, screenshot?, until?, click?, rulesOff?}
// `until` is a text to wait for, `click` a selector. Prints {id, …what was found} a line, in the order of finishing.
import { readFileSync } from 'node:fs';
import readline from 'node:readline';
import { load } from '../../scripts/dev/tools.mjs';

const { chromium } = load('playwright-core');
const axe = readFileSync(load.resolve('axe-core/axe.min.js'), 'utf8');
const patience = 60_000;
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

const browser = await chromium.launch({
  executablePath: process.argv[2],
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'],
});

/** What axe finds, a line each: rule, impact and the element. axe needs scripts: it judges a copy of a page that has none. */
async function findings(page, javascript, rulesOff) {
  if (!javascript) {
    const html = (await page.content()).replace(/<script.*?<\/script>/s, '').replace(/<\/?noscript>/g, '');
    const context = await browser.newContext({ viewport: page.viewportSize() });
    try {
      const copy = await context.newPage();
      await copy.setContent(html);
      return await findings(copy, true, rulesOff);
    } finally {
      await context.close();
    }
  }
  // Through the debugger, which a page's CSP does not bind.
  await page.evaluate(`${axe};0`);
  const rules = Object.fromEntries(rulesOff.map((rule) => [rule, { enabled: false }]));
  const { violations } = await page.evaluate(`axe.run(document, ${JSON.stringify({ runOnly: tags, rules })})`);
  return violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id} (${rule.impact}): ${node.html} ${node.failureSummary}`));
}

async function visit({ url, javascript = true, dark = false, width = 400, screenshot, until, click, rulesOff = [] }) {
  const context = await browser.newContext({
    javaScriptEnabled: javascript, colorScheme: dark ? 'dark' : 'light', viewport: { width, height: 860 },
  });
  try {
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: new URL(url).origin });
    const page = await context.newPage();
    page.setDefaultTimeout(patience);
    const complaints = [], requests = [];
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => requests.push(request.url()));
    const response = await page.goto(url);
    const bytes = (await response.body()).length;
    const first = await page.evaluate('document.body.innerText');
    if (until) await page.getByText(until).first().waitFor();
    if (click) await page.click(click);
    if (click) await page.waitForFunction(`document.querySelector(${JSON.stringify(click)}).textContent === 'Copied'`);
    const copied = click ? await page.evaluate('navigator.clipboard.readText()') : null;
    if (screenshot) await page.screenshot({ path: screenshot, fullPage: true });
    return {
      status: response.status(), headers: await response.allHeaders(), html: await response.text(), bytes, requests, complaints, copied,
      first, text: await page.evaluate('document.body.innerText'), title: await page.title(),
      cookies: (await context.cookies()).length, wide: await page.evaluate('document.documentElement.scrollWidth > innerWidth'),
      findings: await findings(page, javascript, rulesOff),
    };
  } finally {
    await context.close();
  }
}

const visits = [];
for await (const line of readline.createInterface({ input: process.stdin })) {
  const { id, ...wanted } = JSON.parse(line);
  const late = setTimeout(() => console.log(JSON.stringify({ id, error: `not done after ${2 * patience} ms` })), 2 * patience);
  visits.push(visit(wanted).finally(() => clearTimeout(late)).catch((error) => ({ error: error.stack }))
    .then((found) => console.log(JSON.stringify({ id, ...found }))));
}
await Promise.all(visits);
await browser.close();
