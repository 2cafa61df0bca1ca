import type { AnyControl, ComplianceType } from '../../control.ts';

/** The facets that controls name as last known, each while every control that names it is COMPLIANT; what could not be read whole is not kept in parts. Pure. */
export function goodFacets(
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
  const good = [...namedBy(keeping)].filter((name) => !spoilt.has(name));
  return Object.fromEntries(good.map((name) => [name, facets[name]]));
}
