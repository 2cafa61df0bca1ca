import type { Engine } from '../engine/context.ts';
import { end, isLate } from '../engine/reconcile/approvals.ts';
import { isExemptedBy } from '../engine/reconcile/gates.ts';
import { asSoleWriter, NO_RELAY } from '../engine/reconcile/with-lease.ts';
import { look as lookAtFlap } from '../ledger/flap.ts';
import { BusyError } from '../ledger/lease.ts';
import type { Finding, Pause, Remediation } from '../ledger/ledger.ts';
import type { ExemptionRule } from '../policy/policy.ts';

/** A resource that wants another look. */
export interface Recheck {
  readonly service: string;
  readonly ref: Remediation['ref'];
  readonly controlId: string;
  readonly reason: string;
}

const DAY = 86_400_000;
/** An owner is told so many days before an exemption ends. */
export const WARNING_DAYS = 7;
/** What an exemption covered is looked at again on so many days after its end: a day that was missed does no harm. */
const ENDED_DAYS = 2;
/** A run that has not ended after this long was cut off, in milliseconds: a Lambda may take 15 minutes. */
const CUT_OFF = 900_000;
/** Records older than this are not looked through for open ones. */
const LOOK_BACK = 30 * DAY;

/** True for a record whose run can no longer be at work. */
export const isCutOff = ({ status, times }: Remediation, now: Date): boolean =>
  status === 'applying' && now.getTime() - Date.parse(times.decided) > CUT_OFF;

/** What somebody has to do once a day though no event comes: remind of pauses, warn of exemptions that end, end approvals that nobody gave. Gives the resources that want another look. One duty that fails does not keep the others from being done. */
export async function dailyDuties(engine: Engine): Promise<{
  readonly rechecks: readonly Recheck[];
  readonly errors: readonly unknown[];
}> {
  const rechecks: Recheck[] = [];
  const errors: unknown[] = [];
  const recheck = (one: Recheck) => rechecks.push(one);
  for (const duty of [remindOfPauses, warnOfEndingExemptions, lookAtFindings, closeRecords])
    await duty(engine, recheck).catch((error: unknown) => errors.push(error));
  return { rechecks, errors };
}

type Duty = (engine: Engine, recheck: (one: Recheck) => void) => Promise<void>;

const remindOfPauses: Duty = async ({ ledger, notifier }) => {
  for (const { control, by, reason, at } of await ledger.pauses())
    await notifier.announce({
      severity: 'HIGH',
      subject: `Evenkeel is paused: ${control ?? 'everything'}`,
      text: `${control === null ? 'Nothing in this account' : `Nothing of ${control}`} is put right since ${at}.\nPaused by ${by}: ${reason}\n\nGo on:  npx evenkeel resume${control === null ? '' : ` --control ${control}`} --look`,
    });
};

/** Every exemption, whether it still holds or not. */
export const exemptionsOf = async ({
  policy,
  ledger,
}: Pick<Engine, 'policy' | 'ledger'>): Promise<readonly ExemptionRule[]> => [
  ...policy.exemptions,
  ...(await ledger.exemptions()),
];

/** The day so many days from now, `2027-01-31`. */
export const dayFrom = ({ clock }: Pick<Engine, 'clock'>, days: number): string =>
  new Date(clock.now().getTime() + days * DAY).toISOString().slice(0, 10);

/** Exemptions that hold and end within the days of warning. */
export const endingExemptions = async (engine: Engine): Promise<readonly ExemptionRule[]> => {
  const [today, soon] = [dayFrom(engine, 0), dayFrom(engine, WARNING_DAYS)];
  return (await exemptionsOf(engine)).filter(({ expires }) => expires >= today && expires <= soon);
};

const warnOfEndingExemptions: Duty = async (engine) => {
  const { ledger, notifier } = engine;
  for (const { control, resource, owner, reason, expires } of await endingExemptions(engine)) {
    const warning = `warned|${control}|${resource}|${expires}`;
    if (await ledger.heard(warning)) continue;
    await notifier.announce({
      severity: 'MEDIUM',
      subject: `${owner}: an exemption ends on ${expires}`,
      text: `${owner}: ${resource} may stay as it is for ${control} until ${expires} (${reason}).\nThe day after, it is looked at again and put right where the mode allows.\n\nPut it right yourself, or let it stay for longer:\n  npx evenkeel exempt --control ${control} --resource '${resource}' --owner ${owner} --reason … --expires …`,
    });
    await ledger.once(warning);
  }
};

/** What nobody allows or stops any more. */
const lookAtFindings: Duty = async (engine, recheck) => {
  const [today, lately] = [dayFrom(engine, 0), dayFrom(engine, -ENDED_DAYS)];
  const rules = await exemptionsOf(engine);
  const pauses = await engine.ledger.pauses();
  const holding = rules.filter(({ expires }) => expires >= today);
  const ended = rules.filter(({ expires }) => expires < today && expires >= lately);
  for await (const finding of engine.ledger.openFindings()) {
    const { controlId, ref, arn, outcome, key } = finding;
    const among = (some: readonly ExemptionRule[]) =>
      some.some((rule) => isExemptedBy(rule, controlId, arn, ref.resourceId));
    const about = { service: serviceOf(key), ref, controlId };
    if ((outcome === 'exempted' || among(ended)) && !among(holding))
      recheck({ ...about, reason: 'its exemption has ended' });
    else if (outcome === 'halted' && !isPaused(finding, pauses) && !(await isFlapping(key, controlId, engine)))
      recheck({ ...about, reason: 'what halted it may have ended' });
  }
};

const isPaused = ({ controlId }: Finding, pauses: readonly Pause[]) =>
  pauses.some(({ control }) => control === null || control === controlId);

/** True while the drift is not left in peace for long enough: a look of ours would only make it last. */
async function isFlapping(key: string, controlId: string, { ledger, policy, clock }: Engine): Promise<boolean> {
  const flap = (await ledger.recall(key)).flaps.get(controlId);
  return flap !== undefined && lookAtFlap(flap, policy.limits.flap, clock.now().getTime()).stopped;
}

/** The service in a resource's key. */
const serviceOf = (key: string) => key.split('|')[2] ?? '';

/** Ends approvals that nobody gave in time, and finds runs that were cut off. */
const closeRecords: Duty = async (engine, recheck) => {
  const now = engine.clock.now();
  for await (const record of engine.ledger.remediations(new Date(now.getTime() - LOOK_BACK).toISOString())) {
    const { id, service, ref, controlId } = record;
    if (isCutOff(record, now)) recheck({ service, ref, controlId, reason: `${id} was cut off` });
    if (isLate(record, engine)) await expire(record, engine);
  }
};

/** Ends it if nobody has decided meanwhile: a list may be some seconds behind. Where a run is at work on the resource, that run ends it. */
async function expire({ id, ...about }: Remediation, engine: Engine): Promise<void> {
  const work = async () => {
    const record = await engine.ledger.remediation(id);
    if (record === null || !isLate(record, engine)) return;
    await engine.notifier.announce({
      severity: record.severity,
      subject: `Nobody approved ${id}: ${record.ref.resourceId}`,
      text: `The drift is still there: ${record.annotation}\nThe approval ended at ${record.expires}. The next look asks anew.`,
    });
    await end(record, engine);
  };
  await asSoleWriter(about, engine, NO_RELAY, work).catch((error: unknown) => {
    if (!(error instanceof BusyError)) throw error;
  });
}
