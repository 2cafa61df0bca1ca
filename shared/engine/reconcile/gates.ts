import type { AnyControl, Mode } from '../../control.ts';
import { SEVERITIES } from '../../control.ts';
import { ACCOUNT, type Admission } from '../../ledger/breaker.ts';
import { evaluateFlap } from '../../ledger/flap.ts';
import type { ResourceState, Shared } from '../../ledger/ledger.ts';
import type { QueuedAnnouncement } from '../../ledger/outbox.ts';
import type { Notice } from '../../notify/notifier.ts';
import { madeBy } from '../../policy/infrastructure-as-code.ts';
import { fits } from '../../policy/patterns.ts';
import type { ExemptionRule } from '../../policy/policy.ts';
import type { Ownership } from '../../resource.ts';
import type { HaltingGate, Outcome } from '../../result.ts';
import type { Step } from '../../step.ts';
import { dayOf } from '../../time.ts';
import type { Engine } from '../context.ts';
import { circumstances } from '../execution/outcomes.ts';
import { isAtLeast } from './modes.ts';
import type { Evaluated } from './observation.ts';
import type { Run } from './run.ts';

/** A sibling control of which something holds that may stop others: an exemption, or a mode that asks first. */
export interface Holder {
  readonly control: AnyControl;
  readonly exemption: ExemptionRule | null;
  /** What it plans on, as the resource reads now; null where nobody can say. */
  readonly elements: readonly string[] | null;
}

/** A remediation that is about to be made. */
export interface Candidate {
  readonly run: Run;
  readonly control: AnyControl;
  readonly evaluated: Evaluated;
  readonly steps: readonly Step[];
  readonly shared: Shared;
  readonly mode: Mode;
  /** Null where no mode lets us act: then nobody needs to know. */
  readonly ownership: Ownership | null;
  /** A person has approved it. */
  readonly approved: boolean;
  readonly holders: readonly Holder[];
}

/** Why a remediation, or a part of it, is not made, and the outcome that this is. */
export interface Refusal {
  readonly outcome: Outcome;
  /** A sentence for people, the same for as long as the reason lasts; null where the drift speaks for itself. */
  readonly reason: string | null;
  /** Who it is about this time; notified, and not what makes a reason a new one. */
  readonly by?: string;
  /** Nobody is notified: it was said once, elsewhere. */
  readonly quiet?: boolean;
  readonly stoppedBy?: Notice['stoppedBy'];
  readonly gate?: HaltingGate;
}

/** The breaker's refusal, which is only known once the write was tried. */
export interface Refused {
  readonly refusal: Refusal;
}

/** What the gates let through, and why the rest is not made. */
export interface Verdict {
  readonly steps: readonly Step[];
  readonly refusal: Refusal | null;
}

/** Refuses the whole remediation, or lets it through with null. Pure. */
type Gate = (candidate: Candidate) => Refusal | null;
/** Refuses steps by what they change, or lets them through with null. Pure. */
type ElementGate = (element: string, candidate: Candidate) => Refusal | null;

const stateOf = ({ run }: Candidate): ResourceState => run.draft.state;

const paused: Gate = ({ shared, control, mode }) => {
  if (!isAtLeast(mode, 'approve')) return null;
  const pause = shared.pauses.find((candidate) => candidate.control === null || candidate.control === control.id);
  if (pause === undefined) return null;
  const stoppedBy = { gate: 'pause', everything: pause.control === null } as const;
  return { outcome: 'halted', reason: `Paused by ${pause.by}: ${pause.reason}.`, stoppedBy, gate: 'pause' };
};

const exempt: Gate = ({ run, control, shared }) => {
  const rule = exemptionFor(run, control, shared);
  if (rule === null) return null;
  return { outcome: 'exempted', reason: inWords(rule), quiet: true };
};

/** An exemption in a sentence. */
export const inWords = ({ expires, owner, reason }: ExemptionRule) => `Exempt until ${expires} (${owner}): ${reason}.`;

/** The exemption that holds for all that a control finds on the resource today; null where there is none. */
export const exemptionFor = (run: Run, control: AnyControl, shared: Shared): ExemptionRule | null =>
  exemptionOf(
    { controlId: control.id, arn: run.place().arn, resourceId: run.place().ref.resourceId },
    shared,
    run.engine,
  );

/** The same for a control or detection by its id, and the resource by its ARN and id. */
export function exemptionOf(
  { controlId, arn, resourceId }: { readonly controlId: string; readonly arn: string; readonly resourceId: string },
  shared: Shared,
  { policy, clock }: Pick<Engine, 'policy' | 'clock'>,
): ExemptionRule | null {
  const today = dayOf(clock.now());
  const rules = [...policy.exemptions, ...shared.exemptions.filter(({ elements }) => elements === undefined)];
  return rules.find((rule) => rule.expires >= today && isExemptedBy(rule, controlId, arn, resourceId)) ?? null;
}

/** True where an exemption names this control and resource, whether it still holds or not. */
export const isExemptedBy = (
  { control, resource }: ExemptionRule,
  controlId: string,
  arn: string,
  resourceId: string,
): boolean => control === controlId && (fits(resource, arn) || fits(resource, resourceId));

const modeAllows: Gate = ({ run, control, mode, steps, approved, ownership }) => {
  if (mode === 'off')
    return { outcome: 'detected', reason: `${run.settings(control, ownership?.tags ?? null).why}.`, quiet: true };
  if (mode === 'detect' || steps.length === 0) return { outcome: 'detected', reason: null };
  if (mode === 'approve' && !approved) return { outcome: 'awaitingApproval', reason: null };
  return null;
};

const owned: Gate = ({ run, control, ownership }) => {
  if (ownership === null) return null;
  const { tags, service } = ownership;
  const isServices = service !== null && control.overrides !== 'ownership';
  const owner = isServices ? `${service} made it and keeps it` : run.engine.policy.ownerOf(tags);
  return owner === null ? null : { outcome: 'detected', reason: `Not touched: ${owner}.` };
};

const blocked: Gate = ({ run, control, evaluated }) => {
  const finding = run.draft.state.findings[control.id];
  if (finding?.blocked == null || finding.retryAt === null || run.cause.byPerson === true) return null;
  const { facets, version } = circumstances(run, evaluated);
  const isOther = finding.blocked.facets !== facets || finding.blocked.version !== version;
  if (isOther || finding.retryAt <= run.now().toISOString()) return null;
  return { outcome: 'blocked', reason: finding.blocked.by, quiet: true };
};

/** What an undo brought back is left alone by every control, until its exemption ends. */
const undone: ElementGate = (element, { run, control, shared }) => {
  const { arn, ref } = run.place();
  const today = dayOf(run.now());
  const rule = shared.exemptions.find(
    ({ elements, resource, expires }) =>
      elements?.includes(element) === true &&
      expires >= today &&
      (fits(resource, arn) || fits(resource, ref.resourceId)),
  );
  if (rule === undefined) return null;
  return rule.control === control.id
    ? { outcome: 'exempted', reason: inWords(rule), quiet: true }
    : {
        outcome: 'detected',
        reason: `Left as an undo of ${rule.control} restored it, until ${rule.expires} (${rule.owner}).`,
      };
};

/** What a sibling of the same or a higher severity is exempt for is left alone, and what it has to be asked about, unless a person has approved these very calls. */
const heldBySibling: ElementGate = (element, { control, holders, approved }) => {
  const holder = holders.find(
    (candidate) =>
      candidate.control.id !== control.id &&
      (candidate.exemption !== null || !approved) &&
      SEVERITIES.indexOf(candidate.control.severity) >= SEVERITIES.indexOf(control.severity) &&
      (candidate.elements === null || candidate.elements.includes(element)),
  );
  if (holder === undefined) return null;
  const { control: sibling, exemption, elements } = holder;
  const why = exemption === null ? 'requires approval' : `is exempt until ${exemption.expires} (${exemption.owner})`;
  const what = elements === null ? 'may find the same (it could not be evaluated)' : 'finds the same';
  return { outcome: 'detected', reason: `Left alone: ${sibling.id}, which ${what}, ${why}.` };
};

/** A change that AWS is still at work on is not made twice. */
const pending: ElementGate = (element, candidate) => {
  const record = candidate.run.pendingElements.get(element);
  if (record === undefined) return null;
  return {
    outcome: 'pending',
    reason: `AWS is at work on it (${record.id}), looked at again at ${record.recheckAt}.`,
    quiet: true,
  };
};

/** The same drift that comes back again and again is another's will: stop, say so once, and name who it is. */
const flapping: ElementGate = (element, candidate) => {
  const { run } = candidate;
  const { flap: limit } = run.engine.policy.limits;
  const known = stateOf(candidate).flaps[element];
  if (known === undefined) return null;
  const { stopped, next } = evaluateFlap(known, limit, run.now().getTime());
  if (!stopped) return null;
  run.draft.change((state) => ({ ...state, flaps: { ...state.flaps, [element]: next } }));
  const reason = `Remediated ${limit.times === 1 ? 'once' : `${limit.times} times`}, and it came back each time.`;
  const stoppedBy = { gate: 'flap', everything: false } as const;
  return { outcome: 'halted', reason, stoppedBy, gate: 'flap', ...lastBy(candidate) };
};

/** Who brought the drift back: the caller, and the tool by the event or by the resource's tags. */
function lastBy({ run: { cause }, ownership }: Candidate): Pick<Refusal, 'by'> {
  const { attribution } = cause;
  const made = madeBy(ownership?.tags ?? {});
  const tool = [attribution?.tool && `with ${attribution.tool}`, made && `on what ${made.tool} made`];
  const words = [attribution?.actor, ...tool].filter(Boolean).join(' ');
  return words === '' ? {} : { by: `Last by ${words}.` };
}

const breakerReason = ({ engine }: Run, { refusedBy }: Admission): string => {
  const { control: each, account } = engine.policy.limits.remediationsPerHour;
  const [limit, what] = refusedBy === ACCOUNT ? [account, 'the account'] : [each, 'this control'];
  return `The circuit breaker is open: ${limit} remediations of ${what} within an hour.`;
};

/** No room in a breaker. */
export const breakerRefusal = (run: Run, admission: Admission): Refused => ({
  refusal: { outcome: 'halted', reason: breakerReason(run, admission), quiet: true, gate: 'breaker' },
});

/** One for each time that a breaker opens, however little the drift matters at which it did; null where it was open. */
export function breakerAnnouncement(run: Run, control: AnyControl, admission: Admission): QueuedAnnouncement | null {
  const { refusedBy, opened } = admission;
  if (!opened || refusedBy === null) return null;
  const everything = refusedBy === ACCOUNT;
  const { eventId } = run.cause;
  const at = `${control.id} on ${run.subject.ref.resourceId}${eventId === null ? '' : ` (event ${eventId})`}`;
  return {
    key: `breaker|${refusedBy}`,
    announcement: {
      severity: 'CRITICAL',
      subject: `The circuit breaker has opened: ${everything ? 'nothing is remediated' : refusedBy}`,
      text: `${breakerReason(run, admission)} What is found is kept, and not remediated, until one remediation succeeds again.\nThe first that was stopped: ${at}.\n\nSee what was done:  npx evenkeel history --since 1h\nGo on:              npx evenkeel resume --breaker${everything ? '' : ` --control ${refusedBy}`} --look`,
    },
  };
}

/** In the order in which they are asked; the first refusal holds. */
const GATES: readonly Gate[] = [paused, exempt, modeAllows, owned, blocked];
const ELEMENT_GATES: readonly ElementGate[] = [undone, heldBySibling, pending, flapping];

/** Asks every gate. Steps that change what a gate holds are left out, and the others go on: a step that stands on another names that one's element too. */
export function passGates(candidate: Candidate): Verdict {
  for (const gate of GATES) {
    const refusal = gate(candidate);
    if (refusal !== null) return { steps: [], refusal };
  }
  const asked = candidate.steps.map((step) => ({ step, refusal: refusalOfElements(step, candidate) }));
  return {
    steps: asked.filter(({ refusal }) => refusal === null).map(({ step }) => step),
    refusal: asked.find(({ refusal }) => refusal !== null)?.refusal ?? null,
  };
}

function refusalOfElements({ elements }: Step, candidate: Candidate): Refusal | null {
  for (const gate of ELEMENT_GATES)
    for (const element of elements) {
      const refusal = gate(element, candidate);
      if (refusal !== null) return refusal;
    }
  return null;
}

/** What a control would change now; null where that cannot be told. Pure. */
export function elementsOf(run: Run, control: AnyControl): readonly string[] | null {
  try {
    const evaluated = run.evaluate(control);
    if (evaluated.evaluation.complianceType !== 'NON_COMPLIANT') return [];
    return run.plan(control, evaluated).steps.flatMap(({ elements }) => elements);
  } catch {
    return null;
  }
}
