import { revise, type Store } from './store.ts';

/** Something that an examination found ill, while it lasts; times in milliseconds since 1970. */
export interface Trouble {
  /** Which examination found it, and of what. */
  readonly what: string;
  readonly about: string | null;
  readonly says: string;
  readonly mend: string;
  readonly since: number;
  /** When people were last told; null while nobody was. */
  readonly toldAt: number | null;
  /** When it was found gone; null while it lasts. */
  readonly endedAt: number | null;
}

/** All troubles that are known, and until when it is left to somebody to tell of them. */
export interface Troubles {
  readonly known: readonly Trouble[];
  readonly tellingUntil: number | null;
}

export const NO_TROUBLES: Troubles = { known: [], tellingUntil: null };

/** The troubles of the deployment, shared by all runs. */
export interface TroubleBook {
  /** Makes the next state out of the one that is kept, and gives what `next` answers. */
  revise<T>(next: (troubles: Troubles) => { readonly next: Troubles; readonly answer: T }): Promise<T>;
}

const KEY = { pk: 'TROUBLES', sk: 'TROUBLES' };

export const troubleBookIn = (store: Store): TroubleBook => ({
  revise: (decide) =>
    revise(store, [KEY], ([document]) => {
      const { next, answer } = decide((document as Troubles | null) ?? NO_TROUBLES);
      return { next: [next], answer };
    }),
});
