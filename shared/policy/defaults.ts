import type { AnyControl } from '../control.ts';

/** A control's parameters as it brings them. */
export const defaultParameters = (control: AnyControl): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(control.parameters as Record<string, { default: unknown }>).map(([name, spec]) => [
      name,
      spec.default,
    ]),
  );
