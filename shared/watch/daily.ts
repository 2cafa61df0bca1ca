import type { Engine } from '../engine/context.ts';
import { expire, isExpired } from '../engine/reconcile/approvals.ts';
import { exemptionsOf } from '../engine/reconcile/evaluate-only.ts';
import { isExemptedBy } from '../engine/reconcile/gates.ts';
import { publishAnnouncements } from '../engine/reconcile/notices.ts';
import { type Recheck, recheckOf } from '../engine/sweep/leftovers.ts';
import { evaluateFlap } from '../ledger/flap.ts';
import { LeaseHeldError } from '../ledger/lease.ts';
import { type ResourceState, refOfKey } from '../ledger/ledger.ts';
import type { Finding, Pause } from '../ledger/records.ts';
import type { ExemptionRule } from '../policy/policy.ts';
import { DAY_MS, dayOf } from '../time.ts';

/** Days before an exemption ends on which its owner is notified. */
const WARNING_DAYS = 7;
/** Days after its end on which what an exemption covered is looked at again: a day that was missed does no harm. */
const ENDED_DAYS = 2;

/** What has to be done once a day though no event comes: remind of pauses, warn of exemptions that end, end approvals that nobody gave. Gives the resources to look at again. A task that fails does not keep the others from being done. */
export async function dailyTasks(engine: Engine): Promise<{
  readonly rechecks: readonly Recheck[];
  readonly errors: readonly unknown[];
}> {
  const rechecks: Recheck[] = [];
  const errors: unknown[] = [];
  const recheck = (one: Recheck) => rechecks.push(one);
  for (const task of [remindOfPauses, warnOfEndingExemptions, lookAtFindings, endApprovals, publishAnnouncements])
    await task(engine, recheck).catch((error: unknown) => errors.push(error));
  return { rechecks, errors };
}

type Task = (engine: Engine, recheck: (one: Recheck) => void) => Promise<void>;

const remindOfPauses: Task = async ({ ledger, notifier }) => {
  for (const { control, by, reason, at } of await ledger.pauses())
    await notifier.announce({
      severity: 'HIGH',
      subject: `Evenkeel is paused: ${control ?? 'everything'}`,
      text: `${control === null ? 'Nothing in this account' : `Nothing of ${control}`} is remediated since ${at}.\nPaused by ${by}: ${reason}\n\nGo on:  npx evenkeel resume${control === null ? '' : ` --control ${control}`} --look`,
    });
};

/** The day so many days from now, `2027-01-31`. */
export const dayFrom = ({ clock }: Pick<Engine, 'clock'>, days: number): string =>
  dayOf(new Date(clock.now().getTime() + days * DAY_MS));

/** Those that hold and end within the days of warning. */
export function endingAmong(rules: readonly ExemptionRule[], engine: Pick<Engine, 'clock'>): readonly ExemptionRule[] {
  const [today, soon] = [dayFrom(engine, 0), dayFrom(engine, WARNING_DAYS)];
  return rules.filter(({ expires }) => expires >= today && expires <= soon);
}

const warnOfEndingExemptions: Task = async (engine) => {
  const { ledger, notifier } = engine;
  for (const { control, resource, owner, reason, expires } of endingAmong(await exemptionsOf(engine), engine)) {
    const warning = `warned|${control}|${resource}|${expires}`;
    if (await ledger.wasMarked(warning)) continue;
    await notifier.announce({
      severity: 'MEDIUM',
      subject: `${owner}: an exemption ends on ${expires}`,
      text: `${owner}: ${resource} may stay as it is for ${control} until ${expires} (${reason}).\nThe day after, it is looked at again and remediated where the mode allows.\n\nRemediate it yourself, or let it stay for longer:\n  npx evenkeel exempt --control ${control} --resource '${resource}' --owner ${owner} --reason … --expires …`,
    });
    await ledger.markOnce(warning);
  }
};

/** What nobody allows or stops any more; each resource once, since a look is by all its controls. */
const lookAtFindings: Task = async (engine, recheck) => {
  const [today, lately] = [dayFrom(engine, 0), dayFrom(engine, -ENDED_DAYS)];
  const rules = await exemptionsOf(engine);
  const pauses = await engine.ledger.pauses();
  const holding = rules.filter(({ expires }) => expires >= today);
  const ended = rules.filter(({ expires }) => expires < today && expires >= lately);
  for await (const { key, state } of engine.ledger.active()) {
    const { resourceId } = refOfKey(key);
    const among = (some: readonly ExemptionRule[], { controlId }: Finding) =>
      some.some((rule) => isExemptedBy(rule, controlId, state.arn, resourceId));
    const findings = Object.values(state.findings);
    const isEnded = (finding: Finding) =>
      (finding.outcome === 'exempted' || among(ended, finding)) && !among(holding, finding);
    const mayGoOn = (finding: Finding) => finding.outcome === 'halted' && !isPaused(finding, pauses);
    if (findings.some(isEnded)) recheck(recheckOf(key, 'its exemption has ended'));
    else if (findings.some((finding) => finding.sightings !== undefined && among(holding, finding)))
      recheck(recheckOf(key, 'a detection is exempted'));
    else if (findings.some(mayGoOn) && !isFlapping(state, engine))
      recheck(recheckOf(key, 'what halted it may have ended'));
  }
};

const isPaused = ({ controlId }: Finding, pauses: readonly Pause[]) =>
  pauses.some(({ control }) => control === null || control === controlId);

/** True while the drift of an element has not stayed away for long enough: a look of ours would only make it last. */
const isFlapping = ({ flaps }: ResourceState, { policy, clock }: Engine): boolean =>
  Object.values(flaps).some((flap) => evaluateFlap(flap, policy.limits.flap, clock.now().getTime()).stopped);

/** Ends approvals that nobody gave in time. Where a run is at work on the resource, that run ends it. */
const endApprovals: Task = async (engine) => {
  for await (const { state } of engine.ledger.active())
    for (const { id, status } of state.open) {
      const record = status === 'awaitingApproval' ? await engine.ledger.remediation(id) : null;
      if (record === null || !isExpired(record, engine)) continue;
      await expire(record, engine).catch((error: unknown) => {
        if (!(error instanceof LeaseHeldError)) throw error;
      });
    }
};
