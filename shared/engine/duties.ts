import type { Exemption, Remediation } from '../ledger/ledger.ts';
import { resourceKey } from '../ledger/ledger.ts';
import { fits } from '../policy/patterns.ts';
import type { ExemptionRule } from '../policy/policy.ts';
import type { Engine } from './engine.ts';

/** A resource that wants another look. */
export interface Recheck {
  readonly service: string;
  readonly ref: Remediation['ref'];
  readonly controlId: string;
  readonly reason: string;
}

const DAY = 86_400_000;
/** An owner is told so many days before an exemption ends. */
const WARNING_DAYS = 7;
/** A run that has not ended after this long was cut off: a Lambda may take 15 minutes. */
const CUT_OFF = 900_000;
/** Records older than this are not looked through for open ones. */
const LOOK_BACK = 30 * DAY;

/** What somebody has to do once a day though no event comes: remind of pauses, warn of exemptions that end, end approvals that nobody gave. Gives the resources that want another look. */
export async function dailyDuties(engine: Engine): Promise<readonly Recheck[]> {
  await remindOfPauses(engine);
  await warnOfEndingExemptions(engine);
  return [...(await endedExemptions(engine)), ...(await openRecords(engine))];
}

async function remindOfPauses(engine: Engine): Promise<void> {
  for (const { control, by, reason, at } of await engine.ledger.pauses())
    await engine.notifier.announce({
      severity: 'HIGH',
      subject: `Evenkeel is paused: ${control ?? 'everything'}`,
      text: `Nothing of ${control ?? 'this account'} is put right since ${at}.\nPaused by ${by}: ${reason}\n\nGo on:  npx evenkeel resume${control === null ? '' : ` --control ${control}`} --look`,
    });
}

const allRules = async ({ policy, ledger }: Engine): Promise<readonly (ExemptionRule | Exemption)[]> => [
  ...policy.exemptions,
  ...(await ledger.exemptions()),
];

const dayFrom = (engine: Engine, days: number) =>
  new Date(engine.clock.now().getTime() + days * DAY).toISOString().slice(0, 10);

async function warnOfEndingExemptions(engine: Engine): Promise<void> {
  const [today, soon] = [dayFrom(engine, 0), dayFrom(engine, WARNING_DAYS)];
  for (const { control, resource, owner, reason, expires } of await allRules(engine)) {
    if (expires < today || expires > soon) continue;
    if (!(await engine.ledger.once(`warned|${control}|${resource}|${expires}`))) continue;
    await engine.notifier.announce({
      severity: 'MEDIUM',
      subject: `${owner}: an exemption ends on ${expires}`,
      text: `${owner}: ${resource} may stay as it is for ${control} until ${expires} (${reason}).\nThe day after, it is looked at again and put right where the mode allows.\n\nPut it right yourself, or write a new exemption.`,
    });
  }
}

async function endedExemptions(engine: Engine): Promise<readonly Recheck[]> {
  const today = dayFrom(engine, 0);
  const ended = (await allRules(engine)).filter(({ expires }) => expires < today);
  const rechecks: Recheck[] = [];
  if (ended.length === 0) return rechecks;
  for await (const { controlId, ref, outcome, key } of engine.ledger.openFindings()) {
    if (outcome !== 'exempted') continue;
    const service = key.split('|')[2] ?? '';
    const concerned = ended.some(
      ({ control, resource }) =>
        control === controlId &&
        (fits(resource, ref.resourceId) || fits(resource, `*${ref.resourceId}`) || resource.endsWith(ref.resourceId)),
    );
    if (concerned) rechecks.push({ service, ref, controlId, reason: 'its exemption has ended' });
  }
  return rechecks;
}

/** Ends approvals that nobody gave in time, and finds runs that were cut off. */
async function openRecords(engine: Engine): Promise<readonly Recheck[]> {
  const now = engine.clock.now().getTime();
  const rechecks: Recheck[] = [];
  for await (const record of engine.ledger.remediations(new Date(now - LOOK_BACK).toISOString())) {
    const { service, ref, controlId, expires } = record;
    if (record.status === 'awaitingApproval' && expires !== null && Date.parse(expires) <= now)
      await expire(record, engine);
    if (record.status === 'applying' && now - Date.parse(record.times.decided) > CUT_OFF)
      rechecks.push({ service, ref, controlId, reason: `${record.id} was cut off` });
  }
  return rechecks;
}

async function expire(record: Remediation, engine: Engine): Promise<void> {
  await engine.ledger.saveRemediation({ ...record, status: 'expired', error: 'nobody decided in time' });
  const key = resourceKey(record.service, record.ref);
  const { findings } = await engine.ledger.recall(key);
  const finding = findings.find(({ controlId, status }) => controlId === record.controlId && status === 'open');
  if (finding !== undefined) await engine.ledger.saveFinding(key, { ...finding, outcome: 'detected' });
  await engine.notifier.announce({
    severity: record.severity,
    subject: `Nobody approved ${record.id}: ${record.ref.resourceId}`,
    text: `The drift is still there: ${record.annotation}\nThe approval ended at ${record.expires}. The next look asks anew.`,
  });
}
