import {
  CreateDetectorCommand,
  DeleteDetectorCommand,
  GetDetectorCommand,
  GuardDutyClient,
  ListDetectorsCommand,
  UpdateDetectorCommand,
} from '@aws-sdk/client-guardduty';
import { freshEvent } from '../fresh-event.ts';
import type { Scene, SceneAccount } from '../scene.ts';

const OTHER_REGION = 'eu-central-1';

/** What is set for the detectors of a region, without their ids and dates. */
async function detectorsIn(client: GuardDutyClient) {
  const { DetectorIds = [] } = await client.send(new ListDetectorsCommand({}));
  return Promise.all(
    DetectorIds.map(async (DetectorId) => {
      const { Status, FindingPublishingFrequency, Features, Tags } = await client.send(
        new GetDetectorCommand({ DetectorId }),
      );
      return { Status, FindingPublishingFrequency, Features, Tags };
    }),
  );
}

/** The id of the region's detector, which is created where there is none: GuardDuty takes no second one. */
async function detectorOf(client: GuardDutyClient): Promise<string> {
  const { DetectorIds: [found] = [] } = await client.send(new ListDetectorsCommand({}));
  if (found !== undefined) return found;
  const { DetectorId } = await client.send(
    new CreateDetectorCommand({
      Enable: true,
      FindingPublishingFrequency: 'FIFTEEN_MINUTES',
      Features: [
        { Name: 'S3_DATA_EVENTS', Status: 'ENABLED' },
        { Name: 'EBS_MALWARE_PROTECTION', Status: 'DISABLED' },
      ],
      Tags: { team: 'security' },
    }),
  );
  if (DetectorId === undefined) throw new Error('CreateDetector answered without an id');
  return DetectorId;
}

const detectorEvent = (sample: string, path: string, account: SceneAccount, detector: string) =>
  freshEvent(`guardduty/${sample}`, account, { [path]: detector });

/** Something happens to the detector of this region, which was enabled before; another region has one too. */
const happening = (
  title: string,
  sample: string,
  happen: (client: GuardDutyClient, DetectorId: string) => Promise<unknown>,
): Scene => ({
  title,
  expects: { 'guardduty-detector-enabled': 'remediated' },
  async prepare(account) {
    const here = account.aws(GuardDutyClient);
    const there = account.aws(GuardDutyClient, OTHER_REGION);
    const detector = await detectorOf(here);
    await detectorOf(there);
    return {
      earlier: [detectorEvent('CreateDetector', 'responseElements.detectorId', account, detector)],
      async happen() {
        // Another scene of the account may have had it deleted, and created again, in the meantime.
        const current = await detectorOf(here);
        await happen(here, current);
        return { event: detectorEvent(sample, 'requestParameters.detectorId', account, current) };
      },
      state: () => detectorsIn(here),
      neighbours: async () => ({ [`GuardDuty in ${OTHER_REGION}`]: await detectorsIn(there) }),
    };
  },
});

export default happening('GuardDuty is disabled: its detector is deleted', 'DeleteDetector', (client, DetectorId) =>
  client.send(new DeleteDetectorCommand({ DetectorId })),
);

export const more: readonly Scene[] = [
  happening('GuardDuty is suspended', 'UpdateDetector', (client, DetectorId) =>
    client.send(new UpdateDetectorCommand({ DetectorId, Enable: false })),
  ),
];
