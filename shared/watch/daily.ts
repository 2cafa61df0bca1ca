import type { Engine } from '../engine/context.ts';
import { expire, isExpiredApproval } from '../engine/reconcile/approvals.ts';
import { publishAnnouncements } from '../engine/run/notices.ts';
import { type Recheck, recheckOf } from '../engine/sweep/leftovers.ts';
import { evaluateFlap } from '../ledger/flap.ts';
import { LeaseHeldError } from '../ledger/lease.ts';
import { type ResourceState, refOfKey } from '../ledger/ledger.ts';
import type { Finding, Pause } from '../ledger/records.ts';
import { type DigestEntry, reminderAnnouncement } from '../notify/digest.ts';
import {
  activeExemption,
  allExemptions,
  covers,
  EXPIRY_WARNING_DAYS,
  endedWithin,
  endingWithin,
} from '../policy/exemptions.ts';
import type { Outcome } from '../result.ts';
import { visible } from '../text.ts';
import { DAY_MS, dayOf } from '../time.ts';
import { endingAnnouncement } from './exemption-ending.ts';

/** Days after its expiry on which what an exemption covered is rechecked: more than one, in case a day is missed. */
const ENDED_DAYS = 2;

/** What has to be done once a day without an event: remind of pauses, warn of exemptions that expire, expire approvals, recheck findings. Gives the resources to recheck. A task that fails does not keep the others from being done. */
export async function dailyTasks(engine: Engine): Promise<{
  readonly rechecks: readonly Recheck[];
  readonly errors: readonly unknown[];
}> {
  const rechecks: Recheck[] = [];
  const errors: unknown[] = [];
  const recheck = (one: Recheck) => rechecks.push(one);
  for (const task of [
    remindOfPauses,
    remindOfFindings,
    warnOfEndingExemptions,
    recheckFindings,
    expireApprovals,
    publishAnnouncements,
  ])
    await task(engine, recheck).catch((error: unknown) => errors.push(error));
  return { rechecks, errors };
}

type Task = (engine: Engine, recheck: (one: Recheck) => void) => Promise<void>;

const remindOfPauses: Task = async ({ ledger, notifier }) => {
  for (const { control, by, reason, at } of await ledger.pauses())
    await notifier.announce({
      severity: 'HIGH',
      kind: 'halted',
      subject: `Evenkeel is paused: ${control ?? 'everything'}`,
      text: `${control === null ? 'All remediation in this account' : `Remediation of ${control}`} has been paused since ${at}.\nPaused by ${visible(by)}: ${visible(reason)}\n\nResume:  npx evenkeel resume${control === null ? '' : ` --control ${control}`} --look`,
    });
};

/** What people left open for as long as policy.yml says, and each time again after as long; one message a day. */
const remindOfFindings: Task = async ({ ledger, notifier, policy, clock }) => {
  const { reminders } = policy.notify;
  const now = clock.now();
  const reminder = `reminded|${dayOf(now)}`;
  if (Object.keys(reminders).length === 0 || (await ledger.wasMarked(reminder))) return;
  const due: DigestEntry[] = [];
  for await (const { key, state } of ledger.active()) {
    const { resourceId, region } = refOfKey(key);
    for (const { controlId, severity, outcome, annotation, firstSeen } of Object.values(state.findings)) {
      const isDue = OPEN.includes(outcome) && isEvery(reminders[severity], now.getTime() - Date.parse(firstSeen));
      const remediationId = state.open.find((one) => one.controlId === controlId)?.id ?? null;
      const result = { controlId, severity, outcome, annotation, resourceId, region, remediationId };
      if (isDue) due.push({ result, actor: null, time: firstSeen });
    }
  }
  if (due.length > 0) await notifier.announce(reminderAnnouncement(due));
  await ledger.markOnce(reminder);
};

/** What waits for a person. */
const OPEN: readonly Outcome[] = ['detected', 'awaitingApproval', 'halted', 'blocked', 'failed'];

/** True where something has become a whole number of intervals old within the last day. */
const isEvery = (interval: number | undefined, ageMs: number): boolean =>
  interval !== undefined && ageMs >= interval && Math.floor(ageMs / interval) > Math.floor((ageMs - DAY_MS) / interval);

const warnOfEndingExemptions: Task = async (engine) => {
  const { ledger, notifier } = engine;
  const ending = endingWithin(await allExemptions(engine), EXPIRY_WARNING_DAYS, engine.clock.now());
  for (const rule of ending) {
    const warning = `warned|${rule.control}|${rule.resource}|${rule.expires}`;
    if (await ledger.wasMarked(warning)) continue;
    await notifier.announce(endingAnnouncement(rule));
    await ledger.markOnce(warning);
  }
};

/** Rechecks resources whose exemption, pause or flap has ended; each once, since a recheck evaluates all its controls. */
const recheckFindings: Task = async (engine, recheck) => {
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
    const mayResume = (finding: Finding) => finding.outcome === 'halted' && !isPaused(finding, pauses);
    if (findings.some(isEnded)) recheck(recheckOf(key, 'its exemption has ended'));
    else if (findings.some((finding) => finding.sightings !== undefined && isExempt(finding)))
      recheck(recheckOf(key, 'a detection is exempted'));
    else if (findings.some(mayResume) && !isFlapping(state, engine))
      recheck(recheckOf(key, 'what halted it may have ended'));
  }
};

const isPaused = ({ controlId }: Finding, pauses: readonly Pause[]) =>
  pauses.some(({ control }) => control === null || control === controlId);

/** True while the drift of an element was seen too recently: a recheck would only prolong the flap. */
const isFlapping = ({ flaps }: ResourceState, { policy, clock }: Engine): boolean =>
  Object.values(flaps).some((flap) => evaluateFlap(flap, policy.limits.flap, clock.now().getTime()).stopped);

/** Expires approvals that were not given in time. A run that holds the resource's lease does it by itself. */
const expireApprovals: Task = async (engine) => {
  for await (const { state } of engine.ledger.active())
    for (const { id, status } of state.open) {
      const record = status === 'awaitingApproval' ? await engine.ledger.remediation(id) : null;
      if (record === null || !isExpiredApproval(record, engine)) continue;
      await expire(record, engine).catch((error: unknown) => {
        if (!(error instanceof LeaseHeldError)) throw error;
      });
    }
};
