import { chromium } from 'playwright-core';
const b = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
const shots: [string, string, string, string][] = JSON.parse(process.argv[2]!);
for (const [name, url, lang, theme] of shots) {
  const c = await b.newContext({ viewport: { width: 1400, height: 900 }, colorScheme: theme as 'dark' });
  await c.addInitScript(`localStorage.setItem('ringbreak.language','${lang}')`);
  const p = await c.newPage();
  p.on('console', (m) => m.type() === 'error' && console.log(name, m.text()));
  await p.goto(url); await p.waitForTimeout(6000);
  await p.screenshot({ path: `/tmp/t/${name}.png`, fullPage: name.startsWith('full') });
  await c.close();
}
await b.close();
