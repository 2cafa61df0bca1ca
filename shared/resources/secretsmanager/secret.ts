import {
  DescribeSecretCommand,
  type DescribeSecretCommandOutput,
  paginateListSecrets,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { carried } from '../../aws/answer.ts';
import { parseArn } from '../../aws/arn.ts';
import { consoleUrl } from '../../aws/console-url.ts';
import { pagesOf } from '../../aws/pages.ts';
import { tagsByKey } from '../../aws/tags.ts';
import { type CallRecord, field, strings } from '../../event.ts';
import {
  type Aws,
  call,
  defineResource,
  type NamedId,
  onEverything,
  onResources,
  orNull,
  type ResourceRef,
} from '../../resource.ts';
import secretsmanager from './service.ts';

const NOT_FOUND = 'ResourceNotFoundException';
const describeSecrets = onResources(
  'arn:${AWS::Partition}:secretsmanager:*:${AWS::AccountId}:secret:*',
  'secretsmanager:DescribeSecret',
);

/** A whole ARN: Secrets Manager adds a hyphen and six characters to the name. */
const isWhole = (text: string) => /^secret:.+-\w{6}$/.test(parseArn(text)?.resource ?? '');

/** What the record itself names by a whole ARN. The answer writes `arn` and `aRN`; rotations are events of the service. */
function arns({ request, response, raw }: CallRecord): readonly NamedId[] {
  const named = [
    ...strings(response, 'arn'),
    ...strings(field(raw, 'additionalEventData'), 'SecretId'),
    ...strings(field(raw, 'serviceEventDetails'), 'secretId'),
    ...strings(request, 'secretId'),
  ];
  const resourceId = named.find(isWhole);
  if (resourceId === undefined) return [];
  // A secret may belong to another account that shares it.
  const accountId = parseArn(resourceId)?.accountId;
  return [accountId === undefined ? resourceId : { resourceId, accountId }];
}

/** The ARN of a secret that the record calls by its name, or by a part of its ARN. */
async function arnOf(aws: Aws, { request }: CallRecord): Promise<readonly string[]> {
  const [SecretId] = strings(request, 'secretId');
  if (SecretId === undefined) return [];
  const answer = await orNull(aws(SecretsManagerClient).send(new DescribeSecretCommand({ SecretId })), NOT_FOUND);
  return answer === null ? [] : [carried('DescribeSecret', 'ARN', answer.ARN)];
}

async function describe(aws: Aws, { resourceId }: ResourceRef): Promise<DescribeSecretCommandOutput> {
  const found = await aws(SecretsManagerClient).send(new DescribeSecretCommand({ SecretId: resourceId }));
  carried('DescribeSecret', 'ARN', found.ARN);
  return found;
}

async function readRotation(aws: Aws, ref: ResourceRef) {
  const found = await describe(aws, ref);
  return {
    RotationEnabled: found.RotationEnabled ?? false,
    CreatedDate: carried('DescribeSecret', 'CreatedDate', found.CreatedDate).toISOString(),
    LastRotatedDate: found.LastRotatedDate?.toISOString() ?? null,
    NextRotationDate: found.NextRotationDate?.toISOString() ?? null,
    DeletedDate: found.DeletedDate?.toISOString() ?? null,
    OwningService: found.OwningService ?? null,
    PrimaryRegion: found.PrimaryRegion ?? null,
  };
}

/** A secret of Secrets Manager by its ARN: how it rotates; never its value. */
export const secret = defineResource({
  service: secretsmanager,
  type: 'AWS::SecretsManager::Secret',
  triggers: [
    call(
      'secretsmanager.amazonaws.com',
      [
        'CreateSecret',
        'UpdateSecret',
        'RotateSecret',
        'CancelRotateSecret',
        'DeleteSecret',
        'RestoreSecret',
        'RotationFailed',
        'RotationSucceeded',
        'TagResource',
        'UntagResource',
      ],
      { ids: arns, find: arnOf, grants: describeSecrets, facets: ['rotation'] },
    ),
  ],
  gone: [NOT_FOUND],
  facets: { rotation: { grants: describeSecrets, read: readRotation } },
  grants: onEverything('secretsmanager:ListSecrets'),
  volatile: ['LastRotatedDate', 'NextRotationDate'],
  ownership: {
    grants: describeSecrets,
    async read(aws, ref) {
      const { Tags = [], OwningService } = await describe(aws, ref);
      return { tags: tagsByKey(Tags), service: OwningService ?? null };
    },
  },
  arn: ({ resourceId }) => resourceId,
  consoleUrl: ({ resourceId, region }) =>
    consoleUrl(region, `secretsmanager/home#!/secret?name=${encodeURIComponent(nameIn(resourceId))}`),
  list: (aws, _account, from) =>
    pagesOf(
      paginateListSecrets({ client: aws(SecretsManagerClient), startingToken: from }, { MaxResults: 100 }),
      ({ NextToken }) => NextToken,
      ({ SecretList }) =>
        carried('ListSecrets', 'SecretList', SecretList).flatMap(({ ARN }) =>
          ARN === undefined ? [] : [{ resourceId: ARN }],
        ),
    ),
});

const nameIn = (arn: string) => arn.replace(/^.*:secret:/, '').replace(/-\w{6}$/, '');
