import { isDate } from '../../policy/load.ts';
import { DAY_MS } from '../../time.ts';
import { frameworkOf } from '../control-filters.ts';
import { UsageError } from '../errors.ts';
import { momentOf } from '../since.ts';
import type { Scope } from './data.ts';

/** What a report is asked for. */
export interface ScopeOptions {
  readonly framework?: string;
  readonly from: string;
  readonly to?: string;
}

/** The period and framework that are asked for. Throws UsageError. */
export function scopeOf({ framework, from, to }: ScopeOptions, now: Date): Scope {
  const first = momentOf('--from', from, now);
  // A day is meant whole.
  const last = to === undefined ? now : new Date(momentOf('--to', to, now).getTime() + (isDate(to) ? DAY_MS - 1 : 0));
  if (first >= now) throw new UsageError(`--from ${from}: is not in the past`);
  if (first >= last) throw new UsageError(`--from ${from}: must be before --to ${to}`);
  return {
    from: first,
    to: last < now ? last : now,
    framework: framework === undefined ? null : frameworkOf(framework),
  };
}
