import { SEVERITIES, type Severity } from '../../control.ts';
import type { Outcome, Result } from '../../result.ts';
import { type Group, lastGroupOf } from './activity.ts';
import type { ReadResource } from './state.ts';

/** What would come of findings. */
export interface Tally {
  findings: number;
  remediated: number;
  awaitingApproval: number;
  /** Left to people, who are notified. */
  notified: number;
  /** Exempt, halted, blocked, or AWS is at work. */
  left: number;
  /** To look at the resources as often as they were changed. */
  calls: number;
  notifications: number;
}

export const emptyTally = (): Tally => ({
  findings: 0,
  remediated: 0,
  awaitingApproval: 0,
  notified: 0,
  left: 0,
  calls: 0,
  notifications: 0,
});

/** Drift as it is today, and who last did something that concerns it. */
export interface FoundDrift {
  readonly result: Result;
  readonly group: Group | null;
}

const COUNTED: Readonly<Partial<Record<Outcome, 'remediated' | 'awaitingApproval' | 'notified'>>> = {
  remediated: 'remediated',
  awaitingApproval: 'awaitingApproval',
  detected: 'notified',
};
/** Findings that are shown to people, the most severe. */
const MAX_SHOWN = 20;

/** What today's state says of the resources that a log names, added up. */
export class Outlook {
  readonly byControl = new Map<string, Tally>();
  readonly byGroup = new Map<Group, Tally>();
  /** The most severe. */
  readonly worst: FoundDrift[] = [];
  /** Resources that were read. */
  read = 0;
  /** Of all resources, each look counted once, however many controls it serves. */
  calls = 0;
  /** One for a resource, whatever controls it names. */
  notifications = 0;
  readonly #minimumSeverity: Severity;

  constructor(minimumSeverity: Severity) {
    this.#minimumSeverity = minimumSeverity;
  }

  /** Adds a resource. Gives its drift, and what could not be evaluated. */
  add({ touched, results, calls }: ReadResource): {
    readonly drift: readonly FoundDrift[];
    readonly failed: readonly Result[];
  } {
    this.read += 1;
    this.calls += touched.looks * calls;
    for (const [group, { events }] of touched.touches)
      for (const tally of this.#talliesOf(group.controlId, group)) tally.calls += events * calls;
    const drift = results
      .filter(({ before }) => before === 'NON_COMPLIANT')
      .map((result) => ({ result, group: lastGroupOf(touched, result.controlId ?? '') }));
    for (const one of drift) this.#count(one);
    if (drift.some(({ result }) => this.#isNotified(result))) this.notifications += 1;
    return { drift, failed: results.filter(({ outcome, before }) => outcome === 'failed' && before === null) };
  }

  #count(drift: FoundDrift): void {
    const { result, group } = drift;
    for (const tally of this.#talliesOf(result.controlId ?? '', group)) {
      tally.findings += 1;
      tally[COUNTED[result.outcome] ?? 'left'] += 1;
      if (this.#isNotified(result)) tally.notifications += 1;
    }
    this.worst.push(drift);
    if (this.worst.length > 2 * MAX_SHOWN) this.#sort();
  }

  /** The most severe findings, in order. */
  shown(): readonly FoundDrift[] {
    this.#sort();
    return this.worst;
  }

  #sort(): void {
    this.worst.sort((a, b) => rankOf(b) - rankOf(a));
    this.worst.length = Math.min(this.worst.length, MAX_SHOWN);
  }

  #isNotified({ outcome, severity }: Result): boolean {
    const isSevere = SEVERITIES.indexOf(severity ?? 'INFORMATIONAL') >= SEVERITIES.indexOf(this.#minimumSeverity);
    return isSevere && outcome in COUNTED;
  }

  #talliesOf(controlId: string, group: Group | null): readonly Tally[] {
    return [tallyIn(this.byControl, controlId), ...(group === null ? [] : [tallyIn(this.byGroup, group)])];
  }
}

const rankOf = ({ result }: FoundDrift): number => SEVERITIES.indexOf(result.severity ?? 'INFORMATIONAL');

function tallyIn<K>(tallies: Map<K, Tally>, key: K): Tally {
  const known = tallies.get(key) ?? emptyTally();
  tallies.set(key, known);
  return known;
}
