import { describe, expect, test } from '@jest/globals';
import { controls } from '../shared/controls/index.ts';
import { detections } from '../shared/detections/index.ts';
import { receive } from '../shared/engine/intake/reconcile-change.ts';
import { RECHECK_DETAIL_TYPE } from '../shared/internal-events.ts';
import type { Result } from '../shared/result.ts';
import { HOUR_MS, MINUTE_MS } from '../shared/time.ts';
import { testEngine } from './support/engine.ts';
import { detectedBy, enveloped, FILES, isThere, type Line, linesOf, namedBy } from './support/recorded-events.ts';
import { STAGES } from './support/recorded-stages/all.ts';
import type { Scene, Stage } from './support/recorded-stages/stage.ts';
import { type TestAccount, testAccount } from './support/sandbox.ts';

const recorded = isThere ? describe : describe.skip;
if (!isThere) test.skip('skipped: the folder of recorded events is not beside this clone', () => {});

const LINES = FILES.flatMap(linesOf);
const nameOf = ({ record }: Line): string => record.eventName ?? record.resourceType;
const CASES = LINES.filter((line) => namedBy(line).length > 0).map((line): [string, string, Line] => [
  nameOf(line),
  line.source,
  line,
]);

/** The recorded text, speaking of this account and its resource. */
function retold({ text, event, record }: Line, { accountId, region }: TestAccount, renamed: Scene['renamed']): unknown {
  const account = record.recipientAccountId ?? record.awsAccountId ?? event.account;
  const names: Record<string, string> = { ...renamed, [account]: accountId, [record.awsRegion]: region };
  return JSON.parse(Object.entries(names).reduce((told, [from, to]) => told.replaceAll(from, to), text));
}

/** An engine on the account, whose time the test can move on. */
function engineOn(account: TestAccount) {
  const time = { aheadBy: 0 };
  const clock = { now: () => new Date(Date.now() + time.aheadBy), sleep: async () => {} };
  const engine = testEngine(account.aws, 'remediate', { clock });
  const look = async (event: unknown): Promise<readonly Result[]> =>
    (await Array.fromAsync(receive(event, engine, { controls, detections, fallback: account }))).flat();
  return { engine, time, look };
}

recorded('what a recorded event tells of is remediated', () => {
  test.each(CASES)('%s of %s', async (name, _source, line) => {
    const account = await testAccount();
    const { time, look } = engineOn(account);
    const scene = await (STAGES[name] as Stage)(account, line, look);
    time.aheadBy = scene.later ?? 0;
    const drifted = await scene.state();
    const event = retold(line, account, scene.renamed);

    const results = await look(event);
    expect(results.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
    expect(await scene.state()).toEqual(scene.right);
    const changed = JSON.stringify(drifted) !== JSON.stringify(scene.right);
    expect(results.some(({ outcome }) => outcome === 'remediated')).toBe(changed);
    expect(results.length).toBeGreaterThan(0);

    const again = await look(event);
    expect(again.filter(({ outcome }) => ['remediated', 'failed'].includes(outcome))).toEqual([]);
    expect(await scene.state()).toEqual(scene.right);
  });

  test('and each kind of event that names something is among them', () => {
    expect([...new Set(CASES.map(([name]) => name))].sort()).toEqual(Object.keys(STAGES).sort());
  });
});

const FOUND = LINES.filter((line) => detectedBy(line).length > 0).map((line): [string, Line] => [nameOf(line), line]);

recorded('what a recorded event is the finding of is notified', () => {
  test('there are such events', () => {
    expect(FOUND.length).toBeGreaterThan(0);
  });

  test.each(FOUND)('%s, once, whichever way it comes again', async (_name, line) => {
    const account = await testAccount();
    const { engine, time, look } = engineOn(account);
    const event = retold(line, account, {}) as object;
    const [{ id: controlId, annotation }] = detectedBy(line);

    // What the root user changed may be drift as well, which is its control's.
    const detectedIn = async (form: unknown) => (await look(form)).filter((result) => result.controlId === controlId);
    for (const form of [event, enveloped(event), JSON.stringify(event)])
      expect(await detectedIn(form)).toMatchObject([
        { controlId, resourceId: account.accountId, outcome: 'detected', annotation, steps: [], remediationId: null },
      ]);
    const toldOf = () => engine.notified.filter(({ result }) => result.controlId === controlId);
    expect(toldOf().map(({ result }) => result.annotation)).toEqual([annotation]);

    // An hour later the number of repeats is reported: there were none.
    time.aheadBy = HOUR_MS + MINUTE_MS;
    const resource = { resourceType: 'AWS::::Account', resourceId: account.accountId, region: 'us-east-1' };
    await look({ 'detail-type': RECHECK_DETAIL_TYPE, account: account.accountId, detail: resource });
    expect(toldOf()).toHaveLength(1);
  });
});
