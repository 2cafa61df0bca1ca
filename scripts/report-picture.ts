import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { reportData } from '../shared/cli/report/data.ts';
import { reportOf } from '../shared/cli/report/model.ts';
import { page } from '../shared/cli/report/page.ts';
import { scopeOf } from '../shared/cli/report/scope.ts';
import { controls } from '../shared/controls/index.ts';
import { detections } from '../shared/detections/index.ts';
import type { Engine } from '../shared/engine/context.ts';
import { receive } from '../shared/engine/intake/reconcile-change.ts';
import { isObject } from '../shared/event.ts';
import { DAY_MS, systemClock } from '../shared/time.ts';
import { startChromium } from './chromium.ts';
import { demoScenes, shortened } from './demo/scenes.ts';
import { type Stage, stageAt } from './demo/stage.ts';
import { openLocalAccount, reportError } from './sandbox/local.ts';

/** The picture of the README: a report of drifts that were played on the local account, in headless Chromium. */
const PICTURE = fileURLToPath(new URL('../docs/pictures/report.png', import.meta.url));
const VIEW = { width: 1100, height: 1000 };
/** The drifts are spread over these days before today, so that there is something to see over time. */
const DAYS = 84;

const WHO = [
  ['Developer/jo', 'Mozilla/5.0 console.amazonaws.com'],
  ['Deploy/pipeline', 'APN/1.0 HashiCorp/1.0 Terraform/1.9.5'],
  ['Developer/ann', 'aws-cli/2.27.0'],
] as const;

/** The event as somebody else's: who acts varies, what happens does not. */
function by(event: object, index: number): object {
  const { detail } = event as { readonly detail?: unknown };
  if (!isObject(detail)) return event;
  const [session, userAgent] = WHO[index % WHO.length] ?? WHO[0];
  const arn = `arn:aws:sts::111122223333:assumed-role/${session}`;
  const userIdentity = isObject(detail.userIdentity) ? { ...detail.userIdentity, arn } : detail.userIdentity;
  return { ...event, detail: { ...detail, userIdentity, userAgent } };
}

/** The engine as it was `days` ago. */
const daysAgo = (engine: Engine, days: number): Engine => ({
  ...engine,
  clock: { now: () => new Date(Date.now() - days * DAY_MS), sleep: async () => {} },
});

async function play({ account, engine }: Stage): Promise<void> {
  const { accountId, region } = account;
  const context = { controls, detections, fallback: { accountId, region }, home: region };
  for (const [index, scene] of shortened(await demoScenes()).entries()) {
    const { earlier = [], happen } = await scene.prepare(account);
    const then = daysAgo(engine, (index * 31) % DAYS);
    for (const event of earlier) await Array.fromAsync(receive(event, then, context));
    const { event } = await happen();
    await Array.fromAsync(receive(by(event, index), then, context));
  }
  for (const service of new Set(controls.map(({ resource }) => resource.service.id)))
    await engine.ledger.sweeps.saveEnd({ accountId, region, service });
}

async function reportPage({ account, engine }: Stage): Promise<string> {
  const source = { ledger: 'ledger evenkeel-prod-LedgerTable', policy: 'policy policy.yml' };
  const caller = async () => ({ accountId: account.accountId, arn: '' });
  const run = { engine: { ...engine, clock: systemClock }, home: null, table: null, source, caller };
  return page(reportOf(await reportData(run, scopeOf({ from: `${DAYS}d` }, new Date()), {})), source);
}

async function photograph(html: string): Promise<void> {
  const file = join(tmpdir(), 'evenkeel-report.html');
  writeFileSync(file, html);
  mkdirSync(dirname(PICTURE), { recursive: true });
  const browser = await startChromium();
  try {
    const tab = await browser.newPage({ viewport: VIEW, javaScriptEnabled: false });
    await tab.goto(pathToFileURL(file).href);
    await tab.screenshot({ path: PICTURE, timeout: 180_000 });
  } finally {
    await browser.close();
  }
}

try {
  const sandbox = await openLocalAccount({ say: (line) => process.stderr.write(`${line}\n`) });
  try {
    const stage = await stageAt(sandbox.endpoint);
    await play(stage);
    await photograph(await reportPage(stage));
    process.stdout.write(`Wrote ${PICTURE}\n`);
  } finally {
    await sandbox.stop();
  }
} catch (error) {
  process.exitCode = reportError('report-picture', error);
}
