import { type Store, update } from './store.ts';

/** A problem that a check of doctor reports, while it lasts; times in milliseconds since 1970. */
export interface Incident {
  /** The check that reports it. */
  readonly check: string;
  readonly subject: string | null;
  readonly message: string;
  readonly remedy: string;
  readonly since: number;
  /** When people were last notified; null before. */
  readonly notifiedAt: number | null;
  /** When it was found gone; null while it lasts. */
  readonly endedAt: number | null;
  /** Its end is notified by itself, and at once. */
  readonly announcesEnd?: true;
}

/** All incidents that are known, and until when it is left to one run to notify people of them. */
export interface Incidents {
  readonly known: readonly Incident[];
  readonly notifyingUntil: number | null;
}

export const NO_INCIDENTS: Incidents = { known: [], notifyingUntil: null };

/** The incidents of the deployment, shared by all runs. */
export interface IncidentBook {
  /** Saves the next state, and gives the answer of `decide`. */
  update<T>(decide: (incidents: Incidents) => { readonly next: Incidents; readonly answer: T }): Promise<T>;
}

const KEY = { pk: 'INCIDENTS', sk: 'INCIDENTS' };

export const incidentBookIn = (store: Store): IncidentBook => ({
  update: (decide) =>
    update(store, [KEY], ([document]) => {
      const { next, answer } = decide((document as Incidents | null) ?? NO_INCIDENTS);
      return { next: [next], answer };
    }),
});
