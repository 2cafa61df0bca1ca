import { CloudTrailClient, PutEventSelectorsCommand, UpdateTrailCommand } from '@aws-sdk/client-cloudtrail';
import type { Scene, SceneAccount } from '../scene.ts';
import { createFullTrail, createTrail, trailEvent, trailSettings, trailsAsNeighbours, WRITES_ONLY } from './trail.ts';

const MAIN = 'main';

/** The trail that records the whole account: one for all scenes of an account, since beside a second one nothing were a drift. */
async function mainTrail(account: SceneAccount) {
  const state = () => trailSettings(account, MAIN);
  if ((await state()) === null)
    await createFullTrail(account, MAIN, { IsMultiRegionTrail: true, IncludeGlobalServiceEvents: true });
  return { client: account.aws(CloudTrailClient), state };
}

export default {
  title: 'The trail of the account is narrowed to one region',
  expects: { 'cloudtrail-multi-region-trail-enabled': 'remediated' },
  async prepare(account) {
    const { client, state } = await mainTrail(account);
    const other = await createTrail(account, 'workloads');
    return {
      state,
      neighbours: () => trailsAsNeighbours(account, [other]),
      async happen() {
        const change = { Name: MAIN, IsMultiRegionTrail: false, IncludeGlobalServiceEvents: true };
        await client.send(new UpdateTrailCommand(change));
        return { event: trailEvent('UpdateTrail', account, MAIN) };
      },
    };
  },
} satisfies Scene;

const selectorsNarrowed: Scene = {
  title: "The event selectors of the account's trail are cut down to writes",
  expects: { 'cloudtrail-multi-region-trail-enabled': 'remediated' },
  leaves: 'the selectors, which are widened and not put back',
  async prepare(account) {
    const { client, state } = await mainTrail(account);
    return {
      state,
      async neighbours() {
        const { EventSelectors: _, ...rest } = (await state()) ?? {};
        return { [`all but the selectors of trail ${MAIN}`]: rest };
      },
      async happen() {
        await client.send(new PutEventSelectorsCommand({ TrailName: MAIN, EventSelectors: [WRITES_ONLY] }));
        return { event: trailEvent('PutEventSelectors', account, MAIN, 'requestParameters.trailName') };
      },
    };
  },
};

export const more: readonly Scene[] = [selectorsNarrowed];
