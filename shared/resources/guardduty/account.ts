import {
  type DetectorStatus,
  type FeatureStatus,
  type FindingPublishingFrequency,
  GetAdministratorAccountCommand,
  GetDetectorCommand,
  GuardDutyClient,
  paginateListDetectors,
} from '@aws-sdk/client-guardduty';
import { carried } from '../../aws/answer.ts';
import { consoleUrl } from '../../aws/console-url.ts';
import { onePage } from '../../aws/pages.ts';
import { accountArn } from '../../aws/partitions.ts';
import { type Aws, call, defineResource, Gone, onEverything, onResources, type ResourceRef } from '../../resource.ts';
import guardduty from './service.ts';

interface Feature {
  readonly Name: string;
  readonly Status: FeatureStatus | null;
}

/** A detector as it is set; without its dates. */
export interface Detector {
  readonly DetectorId: string;
  readonly Status: DetectorStatus;
  readonly FindingPublishingFrequency: FindingPublishingFrequency | null;
  readonly Features: readonly (Feature & { readonly AdditionalConfiguration: readonly Feature[] })[];
  readonly Tags: Readonly<Record<string, string>>;
}

const listDetectors = onEverything('guardduty:ListDetectors');
const onDetectors = (action: string) =>
  onResources('arn:${AWS::Partition}:guardduty:*:${AWS::AccountId}:detector/*', action);

/** The id of the region's only detector. Throws Gone where there is none. */
async function detectorId(aws: Aws, { accountId, region }: ResourceRef): Promise<string> {
  for await (const page of paginateListDetectors({ client: aws(GuardDutyClient) }, {})) {
    const [id] = carried('ListDetectors', 'DetectorIds', page.DetectorIds);
    if (id !== undefined) return id;
  }
  throw new Gone(`${accountId} has no detector in ${region}`);
}

async function readDetector(aws: Aws, ref: ResourceRef): Promise<Detector> {
  const DetectorId = await detectorId(aws, ref);
  const found = await aws(GuardDutyClient).send(new GetDetectorCommand({ DetectorId }));
  return {
    DetectorId,
    Status: carried('GetDetector', 'Status', found.Status),
    FindingPublishingFrequency: found.FindingPublishingFrequency ?? null,
    Features: (found.Features ?? []).map(({ Name, Status, AdditionalConfiguration = [] }) => ({
      Name: Name ?? '',
      Status: Status ?? null,
      AdditionalConfiguration: AdditionalConfiguration.map(({ Name, Status }) => ({
        Name: Name ?? '',
        Status: Status ?? null,
      })),
    })),
    Tags: found.Tags ?? {},
  };
}

/** A detector that is gone has no tags left to ask for. */
async function readOwnership(aws: Aws, ref: ResourceRef) {
  const detector = await readDetector(aws, ref).catch((error: unknown) => {
    if (error instanceof Gone) return null;
    throw error;
  });
  return { tags: detector?.Tags ?? {}, service: null };
}

/** The account that manages GuardDuty here. A standalone account and the administrator itself are answered with nothing. */
async function readAdministrator(aws: Aws, ref: ResourceRef) {
  const DetectorId = await detectorId(aws, ref);
  const { Administrator } = await aws(GuardDutyClient).send(new GetAdministratorAccountCommand({ DetectorId }));
  const { AccountId, RelationshipStatus } = Administrator ?? {};
  return AccountId === undefined ? null : { AccountId, RelationshipStatus: RelationshipStatus ?? null };
}

/** GuardDuty in an account and region: its detector, gone where there is none, and the account that manages it. */
export const guarddutyAccount = defineResource({
  service: guardduty,
  type: 'AWS::::Account',
  triggers: [
    call('guardduty.amazonaws.com', ['CreateDetector', 'UpdateDetector', 'DeleteDetector'], {
      ids: ({ accountId }) => [accountId],
      facets: ['detector'],
    }),
  ],
  gone: [],
  facets: {
    detector: { grants: { ...listDetectors, ...onDetectors('guardduty:GetDetector') }, read: readDetector },
    administrator: {
      grants: { ...listDetectors, ...onEverything('guardduty:GetAdministratorAccount') },
      read: readAdministrator,
    },
  },
  grants: {},
  ownership: {
    grants: { ...listDetectors, ...onDetectors('guardduty:GetDetector') },
    read: readOwnership,
  },
  // A detector that is created again has another id.
  volatile: ['DetectorId'],
  arn: accountArn,
  consoleUrl: ({ region }) => consoleUrl(region, 'guardduty/home#/settings'),
  list: (_aws, { accountId }) => onePage({ resourceId: accountId }),
});
