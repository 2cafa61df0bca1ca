import { isDeepStrictEqual } from 'node:util';
import { parsePolicy } from '../../aws/iam/policy-document.ts';
import { isDefiniteRefusal } from '../../aws/refusals.ts';
import { isThrottled } from '../../aws/throttling.ts';
import type { AnyControl } from '../../control.ts';
import type { Step } from '../../step.ts';
import { MINUTE_MS } from '../../time.ts';
import { type Evaluated, guarded, type PlainState } from '../run/observation.ts';
import type { Run } from '../run/run.ts';

/** How long an answer that failed is waited for before Access Analyzer is asked again. */
const ASK_AGAIN_MS = 15 * MINUTE_MS;

/** IAM Access Analyzer stops an edit of a public policy: it disagrees, or gives no opinion. */
export interface Objection {
  readonly refusal: {
    readonly outcome: 'detected';
    readonly reason: string;
    readonly recheckAt?: number;
  };
}

/** What is about to be written, or was. */
interface Edit {
  readonly control: AnyControl;
  readonly evaluated: Evaluated;
  readonly steps: readonly Step[];
}

const objection = (words: string, rest: { readonly recheckAt?: number } = {}): Objection => ({
  refusal: { outcome: 'detected', reason: `Not remediated: IAM Access Analyzer ${words}`, ...rest },
});

/** Asks IAM Access Analyzer, where policy.yml says so, about the policies that the steps edit: they have to be public now, and as planned not any more. Null where it agrees or is not asked. Each call costs money, so that it is asked after the gates. */
export async function objectionTo(run: Run, edit: Edit): Promise<Objection | null> {
  const check = checkOf(run, edit);
  if (check === null) return null;
  const aws = run.engine.aws(run.subject.ref.region);
  const edits = check.edits(stateIn(edit.evaluated), edit.steps);
  try {
    for (const { before, after } of edits) {
      const found = await check.ask(aws, before);
      if (!found.isPublic) return objection(`disagrees. ${found.says}`);
      const left = after === null ? null : await check.ask(aws, after);
      if (left?.isPublic === true) return objection(`says that the policy would stay public. ${left.says}`);
    }
    return null;
  } catch (error) {
    return noOpinion(run, error);
  }
}

/** What IAM Access Analyzer says against the policies as they were read back after the steps. Null where they are those that were planned, which it was asked about before, or where it agrees. */
export async function objectionToResult(run: Run, edit: Edit, read: Evaluated): Promise<string | null> {
  const check = checkOf(run, edit);
  if (check === null || read.state === null) return null;
  const before = stateIn(edit.evaluated);
  const edits = check.edits(before, edit.steps);
  if (edits.length === 0) return null;
  const known = [...check.policies(before), ...edits.flatMap(({ after }) => after ?? [])];
  const others = check.policies(stateIn(read)).filter((policy) => !known.some((one) => isSame(one, policy)));
  try {
    for (const policy of others) {
      const { isPublic, says } = await check.ask(run.engine.aws(run.subject.ref.region), policy);
      if (isPublic) return `IAM Access Analyzer disagrees on the policy as it was read back. ${says}`;
    }
    return null;
  } catch (error) {
    return `IAM Access Analyzer gave no opinion on the policy as it was read back (${nameOf(error)}).`;
  }
}

const isSame = (a: string, b: string) => isDeepStrictEqual(parsePolicy(a), parsePolicy(b));

/** The control's check, where policy.yml wants it and there is a policy. */
const checkOf = ({ engine }: Run, { control, evaluated }: Edit) =>
  evaluated.state !== null && engine.policy.checksNoPublicAccess(control) ? (control.publicAccessCheck ?? null) : null;

const stateIn = ({ state }: Evaluated) => guarded(state as PlainState) as never;

function noOpinion(run: Run, error: unknown): Objection {
  const words = `gave no opinion (${nameOf(error)}`;
  if (isDefiniteRefusal(error) && !isThrottled(error)) return objection(`${words}).`);
  const recheckAt = run.now().getTime() + ASK_AGAIN_MS;
  return objection(`${words}); it is asked again after 15 minutes.`, { recheckAt });
}

const nameOf = (error: unknown) => `${error instanceof Error ? error.name : error} of CheckNoPublicAccess`;
