import {
  DescribeKeyCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  KMSClient,
  paginateListKeys,
  paginateListResourceTags,
} from '@aws-sdk/client-kms';
import { carried } from '../../aws/answer.ts';
import { parseArn } from '../../aws/arn.ts';
import { consoleUrl } from '../../aws/console-url.ts';
import { pagesOf } from '../../aws/pages.ts';
import { type CallRecord, strings } from '../../event.ts';
import {
  type Aws,
  call,
  defineResource,
  onEverything,
  onResources,
  orNull,
  partitionOf,
  type ResourceRef,
} from '../../resource.ts';
import kms from './service.ts';

const onKeys = (...actions: readonly string[]) =>
  onResources('arn:${AWS::Partition}:kms:*:${AWS::AccountId}:key/*', ...actions);

/** The id of a key out of an id or an ARN; the calls of the triggers take no alias. */
const idIn = (text: string): string => text.split('/').at(-1) ?? '';

const keyId = ({ request }: CallRecord) => strings(request, 'keyId').map(idIn);

async function readKey(aws: Aws, { resourceId }: ResourceRef) {
  const { KeyMetadata } = await aws(KMSClient).send(new DescribeKeyCommand({ KeyId: resourceId }));
  const found = carried('DescribeKey', 'KeyMetadata', KeyMetadata);
  return {
    KeyState: carried('DescribeKey', 'KeyState', found.KeyState),
    KeyManager: found.KeyManager ?? null,
    DeletionDate: found.DeletionDate?.toISOString() ?? null,
    // Instead of the date, where it is not known yet: a multi-Region primary key waits for its replicas to go.
    PendingDeletionWindowInDays: found.PendingDeletionWindowInDays ?? null,
  };
}

/** How the key rotates, and what decides whether it can: `status` is null for a key that never does by itself. */
async function readRotation(aws: Aws, { resourceId }: ResourceRef) {
  const { KeyMetadata } = await aws(KMSClient).send(new DescribeKeyCommand({ KeyId: resourceId }));
  const found = carried('DescribeKey', 'KeyMetadata', KeyMetadata);
  const kind = {
    KeyManager: carried('DescribeKey', 'KeyManager', found.KeyManager),
    KeyState: carried('DescribeKey', 'KeyState', found.KeyState),
    KeySpec: carried('DescribeKey', 'KeySpec', found.KeySpec),
    Origin: carried('DescribeKey', 'Origin', found.Origin),
    MultiRegionKeyType: found.MultiRegionConfiguration?.MultiRegionKeyType ?? null,
  };
  if (kind.KeySpec !== 'SYMMETRIC_DEFAULT' || kind.Origin !== 'AWS_KMS') return { ...kind, status: null };
  const asked = aws(KMSClient).send(new GetKeyRotationStatusCommand({ KeyId: resourceId }));
  const answer = await orNull(asked, 'UnsupportedOperationException');
  if (answer === null) return { ...kind, status: null };
  const KeyRotationEnabled = carried('GetKeyRotationStatus', 'KeyRotationEnabled', answer.KeyRotationEnabled);
  return { ...kind, status: { KeyRotationEnabled, RotationPeriodInDays: answer.RotationPeriodInDays ?? null } };
}

/** The replica is in another region than its primary key, of which the call is; both have the same id. */
function replica({ request, response }: CallRecord) {
  const arns = strings(response, 'replicaKeyMetadata.arn');
  if (arns.length > 0) return arns.map((arn) => inRegion(idIn(arn), parseArn(arn)?.region));
  const [region] = strings(request, 'replicaRegion');
  return region === undefined ? [] : strings(request, 'keyId').map((id) => inRegion(idIn(id), region));
}

const inRegion = (resourceId: string, region: string | undefined) =>
  region === undefined ? resourceId : { resourceId, region };

/** The text as it stands of the only policy that a key has. */
async function readPolicy(aws: Aws, { resourceId }: ResourceRef) {
  const asked = new GetKeyPolicyCommand({ KeyId: resourceId, PolicyName: 'default' });
  const { Policy } = await aws(KMSClient).send(asked);
  return carried('GetKeyPolicy', 'Policy', Policy);
}

async function readTags(aws: Aws, { resourceId }: ResourceRef) {
  const tags: Record<string, string> = {};
  for await (const page of paginateListResourceTags({ client: aws(KMSClient) }, { KeyId: resourceId }))
    for (const { TagKey = '', TagValue = '' } of carried('ListResourceTags', 'Tags', page.Tags))
      tags[TagKey] = TagValue;
  return tags;
}

/** A KMS key by its id, of a customer or of an AWS service: its state, its rotation, its tags and its policy. */
export const kmsKey = defineResource({
  service: kms,
  type: 'AWS::KMS::Key',
  triggers: [
    call('kms.amazonaws.com', ['ScheduleKeyDeletion', 'CancelKeyDeletion', 'DisableKey', 'EnableKey'], {
      ids: keyId,
      facets: ['key', 'rotation'],
    }),
    call('kms.amazonaws.com', ['EnableKeyRotation', 'DisableKeyRotation', 'UpdatePrimaryRegion'], {
      ids: keyId,
      facets: ['rotation'],
    }),
    call('kms.amazonaws.com', 'CreateKey', {
      ids: ({ response }) => strings(response, 'keyMetadata.keyId'),
      facets: ['key', 'rotation', 'tags', 'policy'],
    }),
    call('kms.amazonaws.com', 'ReplicateKey', { ids: replica, facets: ['key', 'rotation', 'tags', 'policy'] }),
    call('kms.amazonaws.com', 'PutKeyPolicy', { ids: keyId, facets: ['policy'] }),
    call('kms.amazonaws.com', ['TagResource', 'UntagResource'], { ids: keyId, facets: ['tags'] }),
  ],
  gone: ['NotFoundException'],
  facets: {
    key: { grants: onKeys('kms:DescribeKey'), read: readKey },
    rotation: { grants: onKeys('kms:DescribeKey', 'kms:GetKeyRotationStatus'), read: readRotation },
    tags: { grants: onKeys('kms:ListResourceTags'), read: readTags },
    policy: { grants: onKeys('kms:GetKeyPolicy'), read: readPolicy },
  },
  grants: onEverything('kms:ListKeys'),
  // A deletion that is scheduled again is due on another day.
  volatile: ['DeletionDate', 'PendingDeletionWindowInDays'],
  ownership: {
    grants: onKeys('kms:ListResourceTags'),
    read: async (aws, ref) => ({ tags: await readTags(aws, ref), service: null }),
  },
  arn: ({ resourceId, region, accountId }) => `arn:${partitionOf(region)}:kms:${region}:${accountId}:key/${resourceId}`,
  consoleUrl: ({ resourceId, region }) => consoleUrl(region, `kms/home#/kms/keys/${resourceId}`),
  list: (aws, _account, from) =>
    pagesOf(
      paginateListKeys({ client: aws(KMSClient), startingToken: from }, { Limit: 1000 }),
      ({ NextMarker }) => NextMarker,
      ({ Keys }) =>
        carried('ListKeys', 'Keys', Keys).flatMap(({ KeyId }) => (KeyId === undefined ? [] : [{ resourceId: KeyId }])),
    ),
});
