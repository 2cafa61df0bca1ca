import { revise, type Store } from './store.ts';

/** Remediations are counted over this long, in milliseconds. */
export const HOUR = 3_600_000;
/** So long a breaker stays open before it lets one remediation try, and so long that one may take. */
export const COOL_DOWN = 600_000;

/** So long whoever opened a breaker has to tell people of it; then it is left to the next that it stops. */
const ALARM_TIME = 60_000;

/** A breaker as the ledger keeps it; times in milliseconds since 1970. */
export interface Breaker {
  /** When remediations were let through, within the last hour. */
  readonly times: readonly number[];
  /** Since when nothing is let through; null while closed. */
  readonly openedAt: number | null;
  /** While half-open: until when the one that was let through may show that all is well again. */
  readonly probeUntil: number | null;
  /** Until when it is left to somebody to tell people that it opened; null while closed, and once they were told. */
  readonly alarmUntil: number | null;
}

export const CLOSED: Breaker = { times: [], openedAt: null, probeUntil: null, alarmUntil: null };

/** What a breaker says to one more remediation. `opened` where it opened, and it is for this one to tell people. */
export interface Admission {
  readonly admitted: boolean;
  readonly opened: boolean;
  readonly next: Breaker;
}

/** Lets at most `limit` remediations through in any hour. Closed → open at the limit → half-open for one when there is room again → closed where that one went well. Pure. */
export function admit(breaker: Breaker, limit: number, now: number): Admission {
  const times = breaker.times.filter((time) => time > now - HOUR);
  const room = times.length < limit;
  const refuse = (next: Partial<Breaker>, opened: boolean) => ({
    admitted: false,
    opened,
    next: { ...breaker, times, ...next },
  });
  const alarmUntil = now + ALARM_TIME;
  if (breaker.openedAt === null) {
    if (!room) return refuse({ openedAt: now, alarmUntil }, true);
    return { admitted: true, opened: false, next: { ...breaker, times: [...times, now] } };
  }
  const probing = breaker.probeUntil !== null && breaker.probeUntil > now;
  if (probing || !room || now < breaker.openedAt + COOL_DOWN) {
    const untold = breaker.alarmUntil !== null && breaker.alarmUntil <= now;
    return refuse(untold ? { alarmUntil } : {}, untold);
  }
  return { admitted: true, opened: false, next: { ...breaker, times: [...times, now], probeUntil: now + COOL_DOWN } };
}

/** What becomes of a breaker when a remediation that it let through has ended. Pure. */
export function ended(breaker: Breaker, well: boolean, now: number): Breaker {
  if (breaker.probeUntil === null) return breaker;
  return well ? { ...CLOSED, times: breaker.times } : { ...breaker, openedAt: now, probeUntil: null };
}

/** The breakers of an account, shared by all functions: one for the account (`ACCOUNT`) and one for each control. */
export interface Breakers {
  /** Lets a remediation through all the scopes' breakers or through none. `opened`: whoever asked tells people of it, and then says `told`. */
  admit(
    scopes: readonly string[],
    limit: number,
  ): Promise<{ readonly refusedBy: string | null; readonly opened: boolean }>;
  told(scope: string): Promise<void>;
  ended(scopes: readonly string[], well: boolean): Promise<void>;
  /** Closes a breaker by hand. */
  close(scope: string): Promise<void>;
  all(): Promise<ReadonlyMap<string, Breaker>>;
}

export const ACCOUNT = 'ACCOUNT';
const PK = 'BREAKERS';

export function breakersIn(store: Store, now: () => number): Breakers {
  const settle = <T>(
    scopes: readonly string[],
    decide: (breakers: readonly Breaker[]) => { readonly next: readonly (Breaker | undefined)[]; readonly answer: T },
  ): Promise<T> =>
    revise(
      store,
      scopes.map((sk) => ({ pk: PK, sk })),
      (documents) => decide(documents.map((document) => (document as Breaker | null) ?? CLOSED)),
    );
  return {
    admit: (scopes, limit) =>
      settle(scopes, (breakers) => {
        const admissions = breakers.map((breaker) => admit(breaker, limit, now()));
        const refused = admissions.findIndex(({ admitted }) => !admitted);
        const { opened = false } = admissions[refused] ?? {};
        return {
          next: admissions.map(({ next }, index) =>
            refused === -1 || (opened && index === refused) ? next : undefined,
          ),
          answer: { refusedBy: scopes[refused] ?? null, opened },
        };
      }),
    told: (scope) =>
      settle([scope], ([breaker = CLOSED]) => ({
        next: [breaker.alarmUntil === null ? undefined : { ...breaker, alarmUntil: null }],
        answer: undefined,
      })),
    ended: (scopes, well) =>
      settle(scopes, (breakers) => ({
        next: breakers.map((breaker) => (breaker.probeUntil === null ? undefined : ended(breaker, well, now()))),
        answer: undefined,
      })),
    close: (scope) => settle([scope], () => ({ next: [CLOSED], answer: undefined })),
    async all() {
      const items = await store.query(PK);
      return new Map(items.map(({ sk, document }) => [sk, document as Breaker]));
    },
  };
}
