import type { AnyControl, Mode, Step } from '../../control.ts';
import { ACCOUNT } from '../../ledger/breaker.ts';
import { counted, type FlapLook, look as lookAtFlap, STEADY } from '../../ledger/flap.ts';
import type { Notice } from '../../notify/notifier.ts';
import { madeBy } from '../../policy/made-by.ts';
import { fits } from '../../policy/patterns.ts';
import type { ExemptionRule, Place } from '../../policy/policy.ts';
import type { HaltingGate, Outcome } from '../../result.ts';
import type { Look } from './look.ts';
import { isAtLeast } from './modes.ts';

/** A remediation that is about to be made. */
export interface Candidate {
  readonly look: Look;
  readonly control: AnyControl;
  readonly plan: readonly Step[];
  /** A person has approved it. */
  readonly approved: boolean;
  /** We are the resource's only writer; otherwise nothing is written, and so nothing is counted. */
  readonly leased: boolean;
}

/** Why a remediation is not made, and the outcome that this is. */
export interface Refusal {
  readonly outcome: Outcome;
  /** A sentence for people, the same for as long as the reason lasts; null where the drift speaks for itself. */
  readonly reason: string | null;
  /** Who it is about this time; told, and not what makes a reason a new one. */
  readonly by?: string;
  /** Nobody is told: it was said once, elsewhere. */
  readonly quiet?: boolean;
  readonly stoppedBy?: Notice['stoppedBy'];
  readonly gate?: HaltingGate;
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
  const stoppedBy = { gate: 'pause', everything: pause.control === null } as const;
  return { outcome: 'halted', reason: `Paused by ${pause.by}: ${pause.reason}.`, stoppedBy, gate: 'pause' };
};

const exempt: Gate = async ({ look, control }) => {
  const { engine } = look;
  const { arn, ref } = look.place();
  const today = look.now().toISOString().slice(0, 10);
  const rules = [...engine.policy.exemptions, ...(await engine.ledger.exemptions())];
  const rule = rules.find(
    (candidate) => candidate.expires >= today && isExemptedBy(candidate, control.id, arn, ref.resourceId),
  );
  if (rule === undefined) return null;
  const reason = `Allowed until ${rule.expires} by ${rule.owner}: ${rule.reason}.`;
  return { outcome: 'exempted', reason, quiet: true };
};

/** True where an exemption speaks of this control and resource, whether it still holds or not. */
export const isExemptedBy = (
  { control, resource }: ExemptionRule,
  controlId: string,
  arn: string,
  resourceId: string,
): boolean => control === controlId && (fits(resource, arn) || fits(resource, resourceId));

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

function flapOf(look: Look, control: AnyControl): FlapLook {
  const known = look.recollection.flaps.get(control.id) ?? STEADY;
  return lookAtFlap(known, look.engine.policy.limits.flap, look.now().getTime());
}

/** The same drift that comes back again and again is somebody else's will: stop, say so once, and name who it is. */
const flap: Gate = async ({ look, control, tags }) => {
  const { stopped, next } = flapOf(look, control);
  if (!stopped) return null;
  await look.engine.ledger.saveFlap(look.key, control.id, next);
  const { times } = look.engine.policy.limits.flap;
  const reason = `Put right ${times === 1 ? 'once' : `${times} times`}, and it came back each time.`;
  const stoppedBy = { gate: 'flap', everything: false } as const;
  return { outcome: 'halted', reason, stoppedBy, gate: 'flap', ...lastBy(look, tags) };
};

/** Who brought the drift back: the caller, and the tool by the event or by the resource's tags. */
function lastBy({ cause: { attribution } }: Look, tags: Place['tags']): Pick<Refusal, 'by'> {
  const made = madeBy(tags ?? {});
  const tool = [attribution?.tool && `with ${attribution.tool}`, made && `on what ${made.tool} made`];
  const words = [attribution?.actor, ...tool].filter(Boolean).join(' ');
  return words === '' ? {} : { by: `Last by ${words}.` };
}

const breaker: Gate = async ({ look, control }) => {
  const limit = look.engine.policy.limits.remediationsPerHour;
  const { refusedBy, opened } = await look.engine.ledger.breakers.admit([control.id, ACCOUNT], limit);
  if (refusedBy === null) return null;
  const everything = refusedBy === ACCOUNT;
  const reason = `The breaker is open: ${limit} remediations of ${everything ? 'the account' : 'this control'} within an hour.`;
  if (opened) await announceOpening(look, control, reason, refusedBy);
  return { outcome: 'halted', reason, quiet: true, gate: 'breaker' };
};

/** One for each time that a breaker opens, however little the drift matters at which it did. */
async function announceOpening({ engine, subject, cause }: Look, control: AnyControl, reason: string, scope: string) {
  const everything = scope === ACCOUNT;
  const at = `${control.id} on ${subject.ref.resourceId}${cause.eventId === null ? '' : ` (event ${cause.eventId})`}`;
  await engine.notifier.announce({
    severity: 'CRITICAL',
    subject: `The breaker has opened: ${everything ? 'nothing is put right' : scope}`,
    text: `${reason} What is found is kept, and not put right, until one remediation goes well again.\nThe first that was stopped: ${at}.\n\nSee what was done:  npx evenkeel history --since 1h\nGo on:              npx evenkeel resume --breaker${everything ? '' : ` --control ${scope}`} --look`,
  });
  await engine.ledger.breakers.told(scope);
}

/** Counts a remediation that has changed something; one that was refused at its first call has put nothing right. */
export const countFlap = (look: Look, control: AnyControl): Promise<void> =>
  look.engine.ledger.saveFlap(look.key, control.id, counted(flapOf(look, control).next, look.now().getTime()));

/** In the order in which they are asked; the first refusal holds. */
const GATES: readonly Gate[] = [paused, exempt, modeAllows, owned];
/** Those that keep count. */
const COUNTING_GATES: readonly Gate[] = [flap, breaker];

/** The first refusal, or null where every gate lets the candidate through; and the tags that the mode went by. */
export async function refusalOf(
  candidate: Candidate,
): Promise<{ readonly refusal: Refusal | null; readonly tags: Place['tags'] }> {
  const { look, control, leased } = candidate;
  const mayAct = isAtLeast(look.engine.policy.reach(control, look.place()), 'approve');
  const tags = mayAct ? (await look.ownership()).tags : null;
  const mode = look.mode(control, tags);
  for (const gate of [...GATES, ...(leased ? COUNTING_GATES : [])]) {
    const refusal = await gate({ ...candidate, mode, tags });
    if (refusal !== null) return { refusal, tags };
  }
  return { refusal: null, tags };
}
