import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { chromiumPath, startChromium } from '../../../scripts/chromium.ts';
import { findingsPage } from '../../../shared/cli/output/page.ts';
import type { ReportData } from '../../../shared/cli/report/data.ts';
import { reportOf } from '../../../shared/cli/report/model.ts';
import { page as reportPage } from '../../../shared/cli/report/page.ts';
import { temporaryFolder } from '../../support/command.ts';
import { entry, FACTS } from '../../support/entries.ts';
import { exemptionOf, REF } from '../../support/ledger-fixtures.ts';
import {
  bodyStyle,
  cellPlaces,
  cutOff,
  overflow,
  overlapping,
  paints,
  violations,
  wrongRuns,
} from '../../support/page-inspection.ts';
import {
  busyAccount,
  controlAt,
  daysAgo,
  openFinding,
  recordOf,
  reportDataOf,
  SOURCE,
} from '../../support/report-fixture.ts';

const folder = temporaryFolder();
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const HEBREW = 'שלום-עולם (prod) 42';
const ARABIC = 'مجموعة-الأمان';

function longNames(): ReportData {
  const control = controlAt(0);
  const id = 'a'.repeat(255);
  const actor = `arn:aws:sts::111122223333:assumed-role/${'r'.repeat(64)}/${'s'.repeat(64)}`;
  const attribution = { actor, tool: 'CLI', sourceIp: null, userAgent: null } as const;
  return reportDataOf({
    findings: [
      openFinding(control, id, { annotation: `${'w'.repeat(250)}.` }),
      openFinding(controlAt(3), `${'word '.repeat(50)}`),
    ],
    records: [recordOf(`rem-${'9'.repeat(80)}`, control, { attribution, ref: { ...REF, resourceId: id } })],
    exemptions: [
      exemptionOf('ex-1', {
        control: control.id,
        resource: id,
        owner: `${'o'.repeat(200)}@example.com`,
        reason: 'r'.repeat(400),
      }),
    ],
  });
}

function rightToLeft(): ReportData {
  const findings = [HEBREW, ARABIC, `\u202e${HEBREW}`].map((id) =>
    openFinding(controlAt(0), id, { annotation: `${ARABIC}: open to 0.0.0.0/0` }),
  );
  const attribution = { actor: `arn:aws:iam::1:user/${HEBREW}`, tool: null, sourceIp: null, userAgent: null };
  return reportDataOf({
    findings,
    records: [recordOf('rem-1', controlAt(0), { attribution, ref: { ...REF, resourceId: HEBREW } })],
  });
}

const manyFindings = (): ReportData =>
  reportDataOf({
    findings: Array.from({ length: 10_000 }, (_, index) =>
      openFinding(controlAt(index % 60), `resource-${index}`, {
        outcome: index % 9 === 0 ? 'blocked' : 'detected',
        firstSeen: daysAgo(index % 100),
      }),
    ),
  });

const drawn = (data: () => ReportData) => () => reportPage(reportOf(data()), SOURCE);

/** What `sweep --output html` draws of names of every kind. */
function sweptFindings(): string {
  const ids = ['sg-1', 'a'.repeat(255), `${'word '.repeat(50)}`, HEBREW, `\u202e${ARABIC}`];
  const entries = ids.map((resourceId, index) =>
    entry(
      { resourceId, outcome: index === 1 ? 'failed' : 'detected' },
      { name: resourceId, firstSeen: daysAgo(index) },
    ),
  );
  return findingsPage(entries, new Map([['detected', ids.length]]), { ...FACTS, command: 'npx evenkeel sweep' });
}

const STATES = {
  empty: drawn(reportDataOf),
  busy: drawn(busyAccount),
  'long names': drawn(longNames),
  'right-to-left text': drawn(rightToLeft),
  '10,000 findings': drawn(manyFindings),
  'findings of a sweep': sweptFindings,
} as const;
type State = keyof typeof STATES;

const looked = chromiumPath === null ? describe.skip : describe;
if (chromiumPath === null) test.skip('skipped: no Chromium is installed (CHROMIUM_PATH names one)', () => {});

/** A report as a person opens it: the file, in a browser in which no script of a page runs. */
async function opened(
  browser: Browser,
  state: State,
  view: { readonly width?: number; readonly dark?: boolean; readonly scripts?: boolean } = {},
) {
  const file = join(folder, `${state.replaceAll(/\W/g, '-')}.html`);
  writeFileSync(file, STATES[state]());
  const context = await browser.newContext({
    viewport: { width: view.width ?? 1200, height: 900 },
    colorScheme: view.dark ? 'dark' : 'light',
    // The page has no script; what examines it has.
    javaScriptEnabled: view.scripts === true,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(150_000);
  const said: string[] = [];
  const asked: string[] = [];
  page.on('console', (message) => said.push(message.text()));
  page.on('request', (request) => asked.push(request.url()));
  const url = pathToFileURL(file).href;
  await page.goto(url);
  return { page, said, asked, url };
}

looked('the report in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startChromium();
  });
  afterAll(() => browser.close());

  test.each(Object.keys(STATES) as State[])('%s: asks no network; nothing is cut off or overlaps', async (state) => {
    const { page, said, asked, url } = await opened(browser, state);
    expect([said, asked]).toEqual([[], [url]]);
    expect([await overflow(page), await cutOff(page), await overlapping(page)]).toEqual([0, [], []]);
    await page.setViewportSize({ width: 390, height: 800 });
    expect([await overflow(page), await overlapping(page)]).toEqual([0, []]);
    await page.close();
  });

  test.each([
    ['busy', false],
    ['busy', true],
    ['findings of a sweep', false],
    ['findings of a sweep', true],
  ] as const)('%s, dark %s: whoever sees, hears or touches it can use it', async (state, dark) => {
    const { page } = await opened(browser, state, { dark, scripts: true });
    expect(await violations(page, AXE)).toEqual([]);
    await page.close();
  });

  test('is dark where the reader has it dark, and paper is always white', async () => {
    const { page } = await opened(browser, 'busy', { dark: true });
    expect(await bodyStyle(page, 'backgroundColor')).toBe('rgb(18, 22, 28)');
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect(await bodyStyle(page, 'backgroundColor')).toBe('rgb(255, 255, 255)');
    expect(await page.locator('nav').isVisible()).toBe(false);
    expect(await page.locator('#records table').first().isVisible()).toBe(true);
    await page.close();
  });

  test('following a number shows the list behind it, and a link of the list the row', async () => {
    const { page } = await opened(browser, 'busy');
    await page.locator('.tiles a.n').first().click();
    const panel = page.locator('.panel:target');
    expect(await panel.isVisible()).toBe(true);
    expect(await panel.locator('h3').textContent()).toBe('Open findings');
    await panel.locator('li a').nth(3).click();
    expect(await panel.count()).toBe(0);
    const row = page.locator('tr:target');
    const { y = -1 } = (await row.boundingBox()) ?? {};
    expect(y).toBeGreaterThanOrEqual(0);
    expect(y).toBeLessThan(900);
    await page
      .locator('.chart a.n')
      .first()
      .click({ position: { x: 2, y: 2 } });
    expect(await panel.locator('li').count()).toBeGreaterThan(0);
    await panel.locator('.close').click();
    expect(await panel.count()).toBe(0);
    await page.close();
  });

  test('each number of a finding leads to as many rows, one under the other, of that control and state', async () => {
    const { page } = await opened(browser, '10,000 findings');
    expect(await wrongRuns(page)).toEqual([]);
    await page.locator('.tiles a.n').first().click();
    expect(await page.locator('.panel:target').isVisible()).toBe(true);
    await page.close();
  });

  test('parts of a chart are told apart without colour', async () => {
    const { page } = await opened(browser, 'busy');
    const all = await paints(page);
    expect(all).toHaveLength(3);
    for (const fills of all) expect(new Set(fills).size).toBe(fills.length);
    await page.close();
  });

  test('a name that is written from right to left stays in its place', async () => {
    const { page } = await opened(browser, 'right-to-left text');
    const cell = page.locator('#findings td').filter({ hasText: 'prod' }).first();
    expect(await cell.locator('bdi').textContent()).toBe(HEBREW);
    const places = await cellPlaces(page, '#findings tbody tr');
    expect(places).toHaveLength(3);
    for (const lefts of places) expect(lefts).toEqual(lefts.toSorted((a, b) => a - b));
    expect(await page.locator('#findings').textContent()).toContain('\\u{202e}');
    expect(await bodyStyle(page, 'direction')).toBe('ltr');
    await page.close();
  });
});
