import type { AnyControl } from '../../control.ts';
import { recheck } from '../../internal-events.ts';
import type { ResourceState } from '../../ledger/ledger.ts';
import type { Remediation } from '../../ledger/records.ts';
import { HOUR_MS, milliseconds } from '../../time.ts';
import { withFinding } from '../run/findings.ts';
import type { Evaluated } from '../run/observation.ts';
import type { Progress, Run } from '../run/run.ts';
import { resolvedSteps } from './journal.ts';
import { callIn } from './recorded-call.ts';

/** When `pending` becomes `failed`, unless the control says otherwise. */
const DEADLINE_MS = HOUR_MS;
/** Time to the next check where neither the state nor the control says. */
export const RECHECK_MS = 60_000;

/** AWS is still applying the change: the record stays open, a recheck is scheduled, and nothing is notified yet. */
export function finishPending(
  run: Run,
  control: AnyControl,
  record: Remediation,
  { evaluation }: Pick<Evaluated, 'evaluation'>,
): Progress {
  const now = run.now().getTime();
  const wait = evaluation.retryAfter ?? (control.settles === undefined ? RECHECK_MS : milliseconds(control.settles));
  const expires = record.expires !== null && record.status === 'pending' ? record.expires : deadlineOf(control, now);
  const recheckAt = Math.min(now + wait, Date.parse(expires));
  return waiting(run, control, resolvedSteps(record, true), { recheckAt, expires, ...evaluation });
}

/** The calls were answered, and nobody can read what they did: the record stays open until somebody can. */
export function finishUnverified(run: Run, control: AnyControl, record: Remediation, why: string): Progress {
  const now = run.now().getTime();
  const error = `not verified yet: ${why}`;
  return waiting(
    run,
    control,
    { ...record, error },
    {
      recheckAt: now + RECHECK_MS,
      expires: deadlineOf(control, now),
      annotation: `Remediated, but ${error}`,
      fingerprint: record.id,
    },
  );
}

/** Until when a record stays open, and what its finding says meanwhile. */
interface Wait extends Pick<Evaluated['evaluation'], 'annotation' | 'fingerprint'> {
  readonly recheckAt: number;
  readonly expires: string;
}

function waiting(
  run: Run,
  control: AnyControl,
  record: Remediation,
  { recheckAt, expires, annotation, fingerprint }: Wait,
): Progress {
  run.draft.save({ ...record, status: 'pending', expires, recheckAt: new Date(recheckAt).toISOString() });
  markPending(run, control, recheckAt, expires, annotation, fingerprint);
  return {
    outcome: 'pending',
    before: 'NON_COMPLIANT',
    after: 'NON_COMPLIANT',
    annotation,
    steps: record.steps.map(callIn),
    remediationId: record.id,
  };
}

/** The deadline of a wait that begins now, ISO 8601. */
export const deadlineOf = ({ deadline }: AnyControl, now: number): string =>
  new Date(now + (deadline === undefined ? DEADLINE_MS : milliseconds(deadline))).toISOString();

/** Records the finding as pending and schedules one recheck of the resource: the earliest that any of its controls needs. */
export function markPending(
  run: Run,
  control: AnyControl,
  recheckAt: number,
  deadline: string,
  annotation: string,
  fingerprint: string,
): void {
  const now = run.now();
  const retryAt = new Date(recheckAt).toISOString();
  run.draft.change((state) => {
    const seen = {
      outcome: 'pending',
      annotation,
      fingerprint,
      at: now.toISOString(),
      retryAt,
      deadline,
      notice: null,
    } as const;
    return withRecheck(withFinding(state, control, seen), recheckAt, now.getTime());
  });
}

/** The state with a recheck at that time, or at an earlier one that is still to come. Pure. */
export function withRecheck(state: ResourceState, recheckAt: number, now: number): ResourceState {
  const isAsked = state.recheckAt !== null && state.recheckAt > now && state.recheckAt < recheckAt;
  return isAsked ? state : { ...state, recheckAt };
}

/** Sends the recheck that this run has scheduled. Where the message is lost, the schedule finds the time in the ledger. */
export async function sendRecheck(run: Run, before: number | null): Promise<void> {
  const { recheckAt } = run.draft.session.state;
  if (recheckAt === null || recheckAt === before) return;
  const { resource, ref } = run.subject;
  await run.engine.send([recheck(resource.service.id, ref, recheckAt)]);
}
