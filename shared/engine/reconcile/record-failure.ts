import type { AnyControl } from '../../control.ts';
import { hashOf } from '../../hash.ts';
import type { Finding } from '../../ledger/records.ts';
import { describeExemption } from '../../policy/exemptions.ts';
import { UnreadableError } from '../../resource.ts';
import type { Result } from '../../result.ts';
import { CutShortError, messageOf } from '../errors.ts';
import { failureStage, readDenial, refusalText, retryAfterRefusalMs, versionOf } from '../run/failures.ts';
import { type FindingUpdate, withDenial, withFinding, withoutFinding } from '../run/findings.ts';
import type { Progress, Run } from '../run/run.ts';
import { isTooLarge } from './announce-outage.ts';
import { exemptionFor } from './gates/exempt.ts';

/** In place of the hash of facets that nobody could read: any that can be read later is another. */
const UNREAD = 'unread';

/** Nothing is written without a record of it, and no later try makes it smaller. */
const NO_RECORD = {
  by: "Evenkeel's ledger, which takes no record of this size",
  remedy: 'remediate by hand, or exempt the resource',
};

type Denied = NonNullable<Finding['denied']> | null;

/** A control that could not be evaluated or remediated, as a finding. `seen`: what was evaluated before. `recovered`: what its open record waits for. */
export function recordFailure(
  run: Run,
  control: AnyControl,
  seen: Partial<Result>,
  error: unknown,
  recovered: Progress | null,
): Progress {
  if (isTooLarge(error)) return blocked(run, control, seen, error, refusalText(NO_RECORD), null);
  if (!(error instanceof UnreadableError)) return failed(run, control, seen, error, null);
  return exempted(run, control, seen, error) ?? waiting(recovered) ?? unread(run, control, seen, error);
}

/** What its owner allows to drift need not be read. */
function exempted(run: Run, control: AnyControl, seen: Partial<Result>, error: UnreadableError): Progress | null {
  const { shared } = run.draft.session;
  const exemption = shared === null ? null : exemptionFor(run, control, shared);
  if (exemption === null) return null;
  const progress: Progress = {
    ...seen,
    outcome: 'exempted',
    annotation: `${describeExemption(exemption)} ${messageOf(error)}`,
  };
  const notice = control.id in run.draft.state.findings ? run.quietNotice(control, progress) : null;
  run.draft.change((state) => withoutFinding(state, control.id, notice));
  return progress;
}

/** A recheck is under way that reads again. */
const waiting = (recovered: Progress | null): Progress | null => (recovered?.outcome === 'pending' ? recovered : null);

/** Blocked where the refusal lasts; else failed. */
function unread(run: Run, control: AnyControl, seen: Partial<Result>, error: UnreadableError): Progress {
  const { refusal, denied } = readDenial(run, control, error, error.message.replace(/^could not read /, ''));
  if (refusal === null) return failed(run, control, seen, error, denied);
  return blocked(run, control, seen, error, refusalText(refusal), denied);
}

function blocked(
  run: Run,
  control: AnyControl,
  seen: Partial<Result>,
  error: unknown,
  by: string,
  denied: Denied,
): Progress {
  const progress: Progress = { ...seen, outcome: 'blocked', error: messageOf(error), annotation: by };
  record(run, control, {
    outcome: 'blocked',
    annotation: by,
    fingerprint: hashOf(['unreadable', by]).slice(0, 16),
    notice: run.notice(control, progress),
    retryAt: new Date(run.now().getTime() + retryAfterRefusalMs(control)).toISOString(),
    blocked: { by, facets: UNREAD, version: versionOf(run), recordId: null },
    ...(denied === null ? {} : { denied }),
  });
  return progress;
}

function failed(run: Run, control: AnyControl, seen: Partial<Result>, error: unknown, denied: Denied): Progress {
  const remediationId = error instanceof CutShortError ? error.remediationId : null;
  const progress: Progress = { ...seen, outcome: 'failed', error: messageOf(error), remediationId };
  const stage = failureStage(run, control, seen.before === 'NON_COMPLIANT');
  const known = run.draft.state.findings[control.id];
  if (stage === null && known !== undefined && known.outcome !== 'failed') {
    // What people know stays as it is until they are notified of something else.
    run.draft.change((state) => withDenial(state, control.id, denied));
    return progress;
  }
  record(run, control, {
    outcome: 'failed',
    annotation: messageOf(error),
    fingerprint: 'failed',
    notice: run.notice(control, progress, { isRetrying: stage === 'retrying' }),
    stage,
    ...(denied === null ? {} : { denied }),
  });
  return progress;
}

function record(run: Run, control: AnyControl, update: Omit<FindingUpdate, 'at'>): void {
  const at = run.now().toISOString();
  run.draft.change((state) => withFinding(state, control, { ...update, at }));
}
