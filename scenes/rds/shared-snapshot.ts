import type { Drift, SceneAccount } from '../scene.ts';

/** What is done to a kind of snapshot, and its event. */
interface SnapshotKind {
  create(id: string): Promise<unknown>;
  /** Lets an account restore it, or `all`. */
  share(id: string, account: string): Promise<unknown>;
  sharedWith(id: string): Promise<readonly string[]>;
  event(id: string): object;
}

/** A snapshot of a database that one other account may restore is made public, beside another that stays as it is. */
export async function sharingDrift(account: SceneAccount, database: string, kind: SnapshotKind): Promise<Drift> {
  const createShared = async () => {
    const id = account.name(`${database}-before-upgrade`);
    await kind.create(id);
    await kind.share(id, '444455556666');
    return id;
  };
  const snapshot = await createShared();
  const other = await createShared();
  return {
    state: () => kind.sharedWith(snapshot),
    neighbours: async () => ({
      [`accounts that may restore ${snapshot}`]: (await kind.sharedWith(snapshot)).filter((one) => one !== 'all'),
      [`accounts that may restore ${other}`]: await kind.sharedWith(other),
    }),
    async happen() {
      await kind.share(snapshot, 'all');
      return { event: kind.event(snapshot) };
    },
  };
}
