import type { AnyControl, ComplianceType } from '../../control.ts';
import { hashOf } from '../../hash.ts';
import type { Result } from '../../result.ts';
import type { Run } from './run.ts';

/** A resource's item holds at most 400 KB: a value that is larger than this is not kept, so that everything else is. */
const MAX_VALUE_BYTES = 100_000;

const isSaveable = (value: unknown): boolean => Buffer.byteLength(JSON.stringify(value ?? null)) <= MAX_VALUE_BYTES;

/** The facets that controls name as `lastKnown`, each while every control that names it is COMPLIANT; those of a control only where all were read. Pure. */
export function compliantFacets(
  controls: readonly AnyControl[],
  facets: Readonly<Record<string, unknown>>,
  complianceOf: (control: AnyControl) => ComplianceType | null,
): Readonly<Record<string, unknown>> {
  const keeping = controls.filter(({ lastKnown }) => lastKnown !== undefined);
  if (keeping.length === 0) return {};
  const namedBy = (some: readonly AnyControl[]) =>
    new Set(some.flatMap(({ lastKnown = [] }) => lastKnown as readonly string[]));
  const isGood = (control: AnyControl) =>
    complianceOf(control) === 'COMPLIANT' && [...namedBy([control])].every((name) => name in facets);
  const spoilt = namedBy(keeping.filter((control) => !isGood(control)));
  const good = [...namedBy(keeping)].filter((name) => !spoilt.has(name) && isSaveable(facets[name]));
  return Object.fromEntries(good.map((name) => [name, facets[name]]));
}

/** Saves the compliant facets of a run; writes nothing where they are known. What a remediation has made in part is nobody's good state. */
export function saveLastKnown(run: Run, results: readonly Result[]): void {
  const { gone, facets } = run.observation;
  const isOpen = (id: string) => run.draft.state.open.some(({ controlId }) => controlId === id);
  const complianceOf = ({ id }: AnyControl) =>
    isOpen(id) ? null : (results.find(({ controlId }) => controlId === id)?.after ?? null);
  const good = gone ? {} : compliantFacets(run.subject.controls, facets, complianceOf);
  if (Object.keys(good).length === 0) return;
  run.draft.change((state) => {
    const lastKnown = { ...state.lastKnown, ...good };
    return hashOf(lastKnown) === hashOf(state.lastKnown) ? state : { ...state, lastKnown };
  });
}
