import type { Engine } from '../engine/context.ts';
import { expire, isExpiredApproval } from '../engine/reconcile/approvals.ts';
import { publishAnnouncements } from '../engine/reconcile/notices.ts';
import { type Recheck, recheckOf } from '../engine/sweep/leftovers.ts';
import { evaluateFlap } from '../ledger/flap.ts';
import { LeaseHeldError } from '../ledger/lease.ts';
import { type ResourceState, refOfKey } from '../ledger/ledger.ts';
import type { Finding, Pause } from '../ledger/records.ts';
import {
  activeExemption,
  allExemptions,
  covers,
  EXPIRY_WARNING_DAYS,
  endedWithin,
  endingWithin,
} from '../policy/exemptions.ts';

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

const warnOfEndingExemptions: Task = async (engine) => {
  const { ledger, notifier } = engine;
  const ending = endingWithin(await allExemptions(engine), EXPIRY_WARNING_DAYS, engine.clock.now());
  for (const { control, resource, owner, reason, expires } of ending) {
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
  const now = engine.clock.now();
  const rules = await allExemptions(engine);
  const pauses = await engine.ledger.pauses();
  const ended = endedWithin(rules, ENDED_DAYS, now);
  for await (const { key, state } of engine.ledger.active()) {
    const { resourceId } = refOfKey(key);
    const targetOf = ({ controlId }: Finding) => ({ controlId, arn: state.arn, resourceId });
    const isExempt = (finding: Finding) => activeExemption(rules, targetOf(finding), now) !== null;
    const wasExempt = (finding: Finding) =>
      finding.outcome === 'exempted' || ended.some((rule) => covers(rule, targetOf(finding)));
    const findings = Object.values(state.findings);
    const isEnded = (finding: Finding) => wasExempt(finding) && !isExempt(finding);
    const mayGoOn = (finding: Finding) => finding.outcome === 'halted' && !isPaused(finding, pauses);
    if (findings.some(isEnded)) recheck(recheckOf(key, 'its exemption has ended'));
    else if (findings.some((finding) => finding.sightings !== undefined && isExempt(finding)))
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
      if (record === null || !isExpiredApproval(record, engine)) continue;
      await expire(record, engine).catch((error: unknown) => {
        if (!(error instanceof LeaseHeldError)) throw error;
      });
    }
};
