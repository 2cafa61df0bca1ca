import type { AnyControl } from '../../shared/control.ts';
import type { Engine } from '../../shared/engine/context.ts';
import { type Slice, sliceIn, sweepMessage } from '../../shared/engine/sweep/cursor.ts';
import { type SweepSummary, sweepSlice } from '../../shared/engine/sweep/sweep.ts';
import type { InternalMessage } from '../../shared/internal-events.ts';
import type { ResourceState } from '../../shared/ledger/ledger.ts';
import { memoryStore } from '../../shared/ledger/memory.ts';
import { ledgerIn } from '../../shared/ledger/stored-ledger.ts';
import { testEngine } from './engine.ts';
import { ACCOUNT, crate, crateClosed, HOME, type Warehouse } from './fake-inventory.ts';
import { named } from './fake-resource.ts';

export const SCOPE = { service: 'warehouse', accountId: ACCOUNT, region: HOME };
/** Milliseconds that a slice has unless a test says otherwise. */
export const TIME = 100_000;
/** No sweep of these tests has more slices than this. */
export const ENDLESS = 200;
/** A refusal of AWS that passes. */
export const throttled = () => named('ThrottlingException', 'Rate exceeded');
export const refOf = (resourceId: string, { type } = crate) => ({
  resourceType: type,
  resourceId,
  accountId: ACCOUNT,
  region: HOME,
});

interface Options extends Partial<Engine> {
  readonly controls?: readonly AnyControl[];
  readonly time?: number;
  readonly home?: string;
}

/** A function that sweeps a warehouse, and the queue that brings it its messages. */
export function sweepScene(
  warehouse: Warehouse,
  { controls = [crateClosed], time = TIME, home = HOME, ...engine }: Options = {},
) {
  const ledger = ledgerIn(memoryStore(), () => warehouse.now);
  const queue: InternalMessage[] = [];
  const refusals: Error[] = [];
  const send = async (messages: readonly InternalMessage[]) => {
    const refusal = refusals.shift();
    if (refusal !== undefined) throw refusal;
    queue.push(...messages);
  };
  const whole = testEngine(warehouse.aws, 'remediate', { ledger, clock: warehouse.clock, send, ...engine });
  const slice = (detail: unknown): Promise<SweepSummary> =>
    sweepSlice(sliceIn(JSON.parse(JSON.stringify(detail))), whole, { controls, home, deadline: warehouse.now + time });
  const begin = (run = 'a', scope: Partial<typeof SCOPE> = {}) =>
    slice(sweepMessage({ ...SCOPE, ...scope }, run).detail);
  const next = () =>
    queue.filter(({ detailType }) => detailType === 'Evenkeel Sweep').map(({ detail }) => detail as Slice);
  const rechecked = () =>
    queue.flatMap(({ detailType, detail }) =>
      detailType === 'Evenkeel Recheck' ? [(detail as { resourceId: string }).resourceId] : [],
    );
  /** Sweeps from a slice to the end of its run. */
  const toTheEnd = async (summary: SweepSummary): Promise<readonly SweepSummary[]> => {
    const all = [summary];
    for (let seen = 0; seen < next().length; seen += 1) {
      if (seen > ENDLESS) throw new Error('the sweep does not end');
      all.push(await slice(next()[seen]));
    }
    return all;
  };
  /** Writes what the ledger knows of a resource. */
  const known = async (key: string, change: Partial<ResourceState>) => {
    const session = await ledger.load(key);
    await ledger.update(session, (state) => ({ next: { ...state, ...change }, answer: undefined }));
  };
  return { ledger, queue, refusals, slice, begin, next, rechecked, toTheEnd, known };
}

/** The summary of a slice that came upon nothing. */
export const nothing = {
  service: 'warehouse',
  region: HOME,
  resources: 0,
  rechecks: 0,
  handedOn: false,
  failed: [],
  denied: [],
  dropped: null,
};
