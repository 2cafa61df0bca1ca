import { InvalidArgumentError } from 'commander';
import { closest } from 'fastest-levenshtein';
import { SEVERITIES, type Severity } from '../control.ts';
import { FRAMEWORKS, type Framework, requirementsIn } from '../frameworks.ts';
import { fits } from '../policy/patterns.ts';
import { UsageError } from './errors.ts';

/** What `controls` may be narrowed to. */
export interface ControlFilters {
  readonly framework?: string;
  readonly severity?: Severity;
  readonly service?: string;
}

/** The severity of that name, in any case. Throws commander's error for one that is none. */
export function severityIn(text: string): Severity {
  const severity = SEVERITIES.find((one) => one === text.toUpperCase());
  if (severity === undefined) throw new InvalidArgumentError(`Allowed are ${SEVERITIES.join(', ')}.`);
  return severity;
}

/** What a filter looks at, of a control or detection. */
export interface Filterable {
  readonly severity: Severity;
  readonly service: string;
  readonly relatedRequirements: readonly string[];
}

/** The framework with this id. Throws UsageError where there is none. `given`: where it was named. */
export function frameworkOf(id: string, given = '--framework'): Framework {
  const framework = FRAMEWORKS.find((one) => one.id === id.toLowerCase());
  if (framework !== undefined) return framework;
  const ids = FRAMEWORKS.map((one) => one.id);
  throw new UsageError(`${given} ${id}: unknown; did you mean ${closest(id, ids)}? There are ${ids.join(', ')}`);
}

/** Those that all given filters let through. Throws UsageError for a framework or service that none has. */
export function filtered<T extends Filterable>(
  all: readonly T[],
  { framework, severity, service }: ControlFilters,
): readonly T[] {
  const chosen = framework === undefined ? null : frameworkOf(framework);
  assertService(service, all);
  const least = severity === undefined ? 0 : SEVERITIES.indexOf(severity);
  return all.filter(
    (one) =>
      (chosen === null || requirementsIn(chosen, one).length > 0) &&
      SEVERITIES.indexOf(one.severity) >= least &&
      (service === undefined || fits(service, one.service)),
  );
}

function assertService(service: string | undefined, all: readonly Filterable[]): void {
  const services = [...new Set(all.map((one) => one.service))].sort();
  if (service === undefined || services.some((one) => fits(service, one))) return;
  throw new UsageError(`--service ${service}: no control of such a service; there are ${services.join(', ')}`);
}
