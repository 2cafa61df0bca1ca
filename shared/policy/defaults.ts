import type { Configurable } from './policy.ts';

/** A control's parameters as it brings them; none of a detection. */
export const defaultParameters = ({
  parameters = {},
}: Pick<Configurable, 'parameters'>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(parameters).map(([name, spec]) => [name, spec.default]));
