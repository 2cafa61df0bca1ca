import { type Store, update } from './store.ts';

/** The heartbeat of a region as the ledger keeps it; times in milliseconds since 1970. */
export interface Heartbeat {
  /** When a beat was last made, whether or not it has come back. */
  readonly sent: number | null;
  /** When a beat last came back in time. */
  readonly arrived: number | null;
  /** The latest call that is known to have come back in time. */
  readonly answered: number | null;
  /** Since when a beat is waited for; null while every beat has come back. */
  readonly waiting: number | null;
  /** Since when nothing was heard, where that is too long; null while the region answers. */
  readonly silentSince: number | null;
  /** Why the last beat could not be made; null where it was. */
  readonly failure: string | null;
  /** When the region was last swept for its silence. */
  readonly sweptAt: number | null;
  /** What is still to be done about it. */
  readonly owed: Debt | null;
}

/** What has to be told, and whether the region has to be swept; and until when it is left to whoever was given it. */
export interface Debt {
  readonly tell: 'silence' | 'return' | 'failure' | null;
  readonly sweep: boolean;
  readonly until: number;
}

export const NO_BEAT: Heartbeat = {
  sent: null,
  arrived: null,
  answered: null,
  waiting: null,
  silentSince: null,
  failure: null,
  sweptAt: null,
  owed: null,
};

/** The heartbeats of all regions, shared by all runs. */
export interface Heartbeats {
  /** Makes the next state of a region out of the one that is kept, and gives what `next` answers. */
  update<T>(
    region: string,
    next: (heartbeat: Heartbeat) => { readonly next: Heartbeat; readonly answer: T },
  ): Promise<T>;
  /** By region. */
  all(): Promise<ReadonlyMap<string, Heartbeat>>;
}

const PK = 'HEARTBEATS';

export const heartbeatsIn = (store: Store): Heartbeats => ({
  update: (region, decide) =>
    update(store, [{ pk: PK, sk: region }], ([document]) => {
      const { next, answer } = decide((document as Heartbeat | null) ?? NO_BEAT);
      return { next: [next], answer };
    }),
  all: async () => new Map((await store.query(PK)).map(({ sk, document }) => [sk, document as Heartbeat])),
});
