import type { AnyControl, Mode, Step } from '../control.ts';
import { ACCOUNT } from '../ledger/breaker.ts';
import { counted, look as lookAtFlap, STEADY } from '../ledger/flap.ts';
import { fits } from '../policy/patterns.ts';
import type { Place } from '../policy/policy.ts';
import type { Look } from './look.ts';
import { isAtLeast } from './modes.ts';
import type { Outcome } from './outcome.ts';

/** A remediation that is about to be made. */
export interface Candidate {
  readonly look: Look;
  readonly control: AnyControl;
  readonly plan: readonly Step[];
  /** A person has approved it. */
  readonly approved: boolean;
}

/** Why a remediation is not made, and the outcome that this is. */
export interface Refusal {
  readonly outcome: Outcome;
  /** A sentence for people; null where the drift speaks for itself. */
  readonly reason: string | null;
  /** Nobody is told: it was said once, elsewhere. */
  readonly quiet?: boolean;
}

/** What the gates go by. */
interface Question extends Candidate {
  readonly mode: Mode;
  readonly tags: Place['tags'];
}

/** Refuses a remediation, or lets it through with null. A gate whose store does not answer throws: no write, and the event is retried. */
type Gate = (question: Question) => Promise<Refusal | null>;

const paused: Gate = async ({ look, control, mode }) => {
  if (!isAtLeast(mode, 'approve')) return null;
  const pauses = await look.engine.ledger.pauses();
  const pause = pauses.find((candidate) => candidate.control === null || candidate.control === control.id);
  if (pause === undefined) return null;
  return { outcome: 'halted', reason: `Paused by ${pause.by}: ${pause.reason}.` };
};

const exempt: Gate = async ({ look, control }) => {
  const { engine } = look;
  const { arn, ref } = look.place();
  const today = look.now().toISOString().slice(0, 10);
  const rules = [...engine.policy.exemptions, ...(await engine.ledger.exemptions())];
  const rule = rules.find(
    (candidate) =>
      candidate.control === control.id &&
      candidate.expires >= today &&
      (fits(candidate.resource, arn) || fits(candidate.resource, ref.resourceId)),
  );
  if (rule === undefined) return null;
  const reason = `Allowed until ${rule.expires} by ${rule.owner}: ${rule.reason}.`;
  return { outcome: 'exempted', reason, quiet: true };
};

const modeAllows: Gate = async ({ look, control, mode, plan, approved, tags }) => {
  if (mode === 'off') return { outcome: 'detected', reason: `${look.settings(control, tags).why}.`, quiet: true };
  if (mode === 'detect') return { outcome: 'detected', reason: null };
  if (plan.length === 0) return { outcome: 'detected', reason: null };
  if (mode === 'approve' && !approved) return { outcome: 'awaitingApproval', reason: null };
  return null;
};

const owned: Gate = async ({ look }) => {
  const { tags, service } = await look.ownership();
  const owner = service === null ? look.engine.policy.ownerOf(tags) : `${service} made it and keeps it`;
  return owner === null ? null : { outcome: 'detected', reason: `Not touched: ${owner}.` };
};

/** The same drift that comes back again and again is somebody else's will: stop, say so once, and name who it is. */
const flap: Gate = async ({ look, control }) => {
  const limit = look.engine.policy.limits.flap;
  const known = look.recollection.flaps.get(control.id) ?? STEADY;
  const { stopped, next } = lookAtFlap(known, limit, look.now().getTime());
  const kept = stopped ? next : counted(next, look.now().getTime());
  await look.engine.ledger.saveFlap(look.key, control.id, kept);
  if (!stopped) return null;
  const { attribution } = look.cause;
  const by = [attribution?.actor, attribution?.tool && `with ${attribution.tool}`].filter(Boolean).join(' ');
  const reason = `It came back ${limit.times} times${by === '' ? '' : `, by ${by}`}: change its code, or exempt it.`;
  return { outcome: 'halted', reason };
};

const breaker: Gate = async ({ look, control }) => {
  const limit = look.engine.policy.limits.remediationsPerHour;
  const { refusedBy, opened } = await look.engine.ledger.breakers.admit([control.id, ACCOUNT], limit);
  if (refusedBy === null) return null;
  const whose = refusedBy === ACCOUNT ? 'the account' : 'this control';
  const reason = `The breaker is open: ${limit} remediations of ${whose} within an hour.`;
  return { outcome: 'halted', reason, quiet: !opened };
};

/** In the order in which they are asked; the first refusal holds. The last two count what they let through. */
const GATES: readonly Gate[] = [paused, exempt, modeAllows, owned, flap, breaker];

/** The first refusal, or null where every gate lets the candidate through; and the tags that the mode went by. */
export async function refusalOf(
  candidate: Candidate,
): Promise<{ readonly refusal: Refusal | null; readonly tags: Place['tags'] }> {
  const { look, control } = candidate;
  const mayAct = isAtLeast(look.engine.policy.reach(control, look.place()), 'approve');
  const tags = mayAct ? (await look.ownership()).tags : null;
  const mode = look.mode(control, tags);
  for (const gate of GATES) {
    const refusal = await gate({ ...candidate, mode, tags });
    if (refusal !== null) return { refusal, tags };
  }
  return { refusal: null, tags };
}
