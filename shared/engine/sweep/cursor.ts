import { isObject, stringOrNull } from '../../event.ts';
import { type InternalMessage, SWEEP_DETAIL_TYPE } from '../../internal-events.ts';
import type { SliceOfRun, SweepScope } from '../../ledger/sweep-lock.ts';
import { UnreadableEventError } from '../errors.ts';

/** Where a sweep continues. */
export interface Cursor {
  /** The next resource type. */
  readonly type: string;
  /** The token of its page; null for the first. */
  readonly token: string | null;
  /** The last resource of that page that is done. */
  readonly after?: string;
  /** The types that follow, those that failed among them; absent: all after this one. */
  readonly rest?: readonly string[];
}

/** One slice of a sweep: detail of an `Evenkeel Sweep` message. */
export interface Slice extends SweepScope, SliceOfRun {
  /** Null at the beginning of the sweep. */
  readonly cursor: Cursor | null;
}

/** The message that starts a sweep; `run` is its unique id. */
export const sweepMessage = (scope: SweepScope, run: string): InternalMessage => ({
  service: scope.service,
  detailType: SWEEP_DETAIL_TYPE,
  detail: { ...scopeOf(scope), run, slice: 0, cursor: null } satisfies Slice,
});

/** The message that continues a sweep after one of its slices. */
export const nextMessage = (slice: Slice, cursor: Cursor): InternalMessage => ({
  service: slice.service,
  detailType: SWEEP_DETAIL_TYPE,
  detail: { ...scopeOf(slice), run: slice.run, slice: slice.slice + 1, cursor } satisfies Slice,
});

const scopeOf = ({ service, accountId, region }: SweepScope): SweepScope => ({ service, accountId, region });

/** The slice in a message's detail. Throws UnreadableEventError where it is none. */
export function sliceIn(detail: unknown): Slice {
  const { service, accountId, region, run, slice, cursor } = isObject(detail) ? detail : {};
  const [by, of, where, which] = [service, accountId, region, run].map(stringOrNull);
  if (by == null || of == null || where == null || which == null)
    throw new UnreadableEventError('the sweep has no "service", "accountId", "region" or "run" string');
  if (typeof slice !== 'number' || !Number.isInteger(slice) || slice < 0)
    throw new UnreadableEventError('the sweep has no "slice", counted from 0');
  return { service: by, accountId: of, region: where, run: which, slice, cursor: cursorIn(cursor) };
}

function cursorIn(cursor: unknown): Cursor | null {
  if (cursor === null || cursor === undefined) return null;
  const type = isObject(cursor) ? stringOrNull(cursor.type) : null;
  if (!isObject(cursor) || type === null) throw new UnreadableEventError('the "cursor" of the sweep has no "type"');
  const { token, after, rest } = cursor;
  return {
    type,
    token: typeof token === 'string' ? token : null,
    ...(typeof after === 'string' ? { after } : {}),
    ...(Array.isArray(rest) ? { rest: rest.filter((one) => typeof one === 'string') } : {}),
  };
}
