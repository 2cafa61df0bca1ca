import type { Refusal } from '../aws/refusals.ts';
import { type Store, update } from './store.ts';
import type { SweepScope } from './sweep-lock.ts';

/** A resource type whose listing AWS refuses, so that no sweep finds what drifts there; or whose look-up for events that name no id. */
export interface DeniedListing {
  readonly refusal: Refusal;
  /** When it was first refused, milliseconds since 1970. */
  readonly since: number;
  /** When it was last refused: sweeps that came to an end refuse nothing any more. */
  readonly lastSeen: number;
  /** False while a retry some minutes later may still be answered. */
  readonly isLasting: boolean;
}

/** By resource type; look-ups beside listings, by `lookUpKey`. */
export type DeniedTypes = Readonly<Record<string, DeniedListing>>;

/** The denied types of a service in a region. */
export interface ScopeDenials {
  readonly scope: SweepScope;
  readonly types: DeniedTypes;
}

/** The listings that are denied, shared by all sweeps. */
export interface DeniedListings {
  of(scope: SweepScope): Promise<DeniedTypes>;
  all(): Promise<readonly ScopeDenials[]>;
  /** Written only where something changes. */
  update(scope: SweepScope, decide: (types: DeniedTypes) => DeniedTypes): Promise<void>;
}

const LOOK_UP = ' look-up';

/** Where the look-up of a type stands in `DeniedTypes`. */
export const lookUpKey = (type: string): string => `${type}${LOOK_UP}`;

/** The type whose look-up stands under this key of `DeniedTypes`; null where it is a listing. */
export const lookedUpType = (key: string): string | null =>
  key.endsWith(LOOK_UP) ? key.slice(0, -LOOK_UP.length) : null;

const PK = 'DENIED_LISTINGS';
const NONE: DeniedTypes = {};

const keyOf = ({ accountId, region, service }: SweepScope) => ({ pk: PK, sk: `${accountId}|${region}|${service}` });
const typesIn = (document: unknown): DeniedTypes => (document as ScopeDenials | null | undefined)?.types ?? NONE;

export const deniedListingsIn = (store: Store): DeniedListings => ({
  async of(scope) {
    const { pk, sk } = keyOf(scope);
    return typesIn((await store.get(pk, sk))?.document);
  },
  all: async () => (await store.query(PK)).map(({ document }) => document as ScopeDenials),
  update: ({ accountId, region, service }, decide) =>
    update(store, [keyOf({ accountId, region, service })], ([document]) => {
      const before = typesIn(document);
      const types = decide(before);
      return { next: [next(before, types, { accountId, region, service })], answer: undefined };
    }),
});

/** The document to write: undefined where nothing changes, null where nothing is denied any more. */
function next(before: DeniedTypes, types: DeniedTypes, scope: SweepScope): ScopeDenials | null | undefined {
  if (JSON.stringify(before) === JSON.stringify(types)) return undefined;
  return Object.keys(types).length === 0 ? null : { scope, types };
}
