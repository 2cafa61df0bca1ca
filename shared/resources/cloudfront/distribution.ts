import {
  CloudFrontClient,
  type DistributionConfig,
  ListTagsForResourceCommand,
  paginateListDistributions,
} from '@aws-sdk/client-cloudfront';
import { carried } from '../../aws/answer.ts';
import { readWholeConfig } from '../../aws/cloudfront/distribution-config.ts';
import { consoleUrl } from '../../aws/console-url.ts';
import { pagesOf } from '../../aws/pages.ts';
import { serviceOfTags } from '../../aws/service-managed.ts';
import { tagsByKey } from '../../aws/tags.ts';
import { type CallRecord, strings } from '../../event.ts';
import {
  type Aws,
  call,
  defineResource,
  onEverything,
  onResources,
  partitionOf,
  type ResourceRef,
} from '../../resource.ts';
import cloudfront from './service.ts';

const SOURCE = 'cloudfront.amazonaws.com';
const EVERY = ['settings', 'config'] as const;
const onDistributions = (action: string) =>
  onResources('arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/*', action);

const originsOf = ({ Origins }: DistributionConfig) => Origins?.Items ?? [];
const isBucket = (domain: string): boolean => /\.s3[.-][a-z0-9.-]*amazonaws\.com(\.cn)?$/.test(domain);

/** What is judged: the protocols of the viewers, the logs, the web ACL, the way to buckets. */
function settingsOf(config: DistributionConfig) {
  const { DefaultCacheBehavior, CacheBehaviors, ViewerCertificate, Logging, WebACLId } = config;
  const policyOf = (path: string, policy: string | undefined) => ({
    path,
    viewerProtocolPolicy: carried('GetDistributionConfig', 'ViewerProtocolPolicy', policy),
  });
  return {
    behaviors: [
      policyOf('*', DefaultCacheBehavior?.ViewerProtocolPolicy),
      ...(CacheBehaviors?.Items ?? []).map((one) => policyOf(one.PathPattern ?? '?', one.ViewerProtocolPolicy)),
    ],
    /** Null with CloudFront's own certificate, whose policy cannot be chosen. */
    minimumProtocolVersion: hasCertificate(config) ? (ViewerCertificate?.MinimumProtocolVersion ?? null) : null,
    isLogging: Logging?.Enabled ?? false,
    webAclId: WebACLId || null,
    bucketsWithoutControl: originsOf(config)
      .filter(({ DomainName = '', CustomOriginConfig }) => isBucket(DomainName) && CustomOriginConfig === undefined)
      .filter(({ OriginAccessControlId }) => !OriginAccessControlId)
      .map(({ Id = '' }) => Id),
  };
}

const hasCertificate = ({ ViewerCertificate }: DistributionConfig): boolean =>
  Boolean(ViewerCertificate?.ACMCertificateArn || ViewerCertificate?.IAMCertificateId);

const readSettings = async (aws: Aws, { resourceId }: ResourceRef) =>
  settingsOf((await readWholeConfig(aws, resourceId)).config);

/** The whole configuration; null where a header that it adds for an origin may be a secret, which belongs into no record. */
async function readConfig(aws: Aws, { resourceId }: ResourceRef) {
  const whole = await readWholeConfig(aws, resourceId);
  const hasHeaders = originsOf(whole.config).some(({ CustomHeaders }) => (CustomHeaders?.Quantity ?? 0) > 0);
  return hasHeaders ? null : whole;
}

const arnOf = ({ resourceId, region, accountId }: ResourceRef): string =>
  `arn:${partitionOf(region)}:cloudfront::${accountId}:distribution/${resourceId}`;

async function readOwnership(aws: Aws, ref: ResourceRef) {
  const { Tags } = await aws(CloudFrontClient).send(new ListTagsForResourceCommand({ Resource: arnOf(ref) }));
  const tags = tagsByKey(carried('ListTagsForResource', 'Items', Tags?.Items));
  return { tags, service: serviceOfTags(tags) };
}

const created = ({ response }: CallRecord) => strings(response, 'distribution.id');
const named = ({ request }: CallRecord) => strings(request, 'id');
const tagged = ({ request }: CallRecord) =>
  strings(request, 'resource').flatMap((arn) => /:distribution\/(\w+)$/.exec(arn)?.[1] ?? []);

/** A CloudFront distribution by its id: what is judged of its configuration, and all of it. */
export const distribution = defineResource({
  service: cloudfront,
  type: 'AWS::CloudFront::Distribution',
  global: true,
  triggers: [
    call(SOURCE, ['CreateDistribution', 'CreateDistributionWithTags', 'CopyDistribution'], {
      ids: created,
      facets: EVERY,
    }),
    call(
      SOURCE,
      [
        'UpdateDistribution',
        'UpdateDistributionWithStagingConfig',
        'AssociateDistributionWebACL',
        'DisassociateDistributionWebACL',
        'DeleteDistribution',
      ],
      { ids: named, facets: EVERY },
    ),
    // Other kinds of resources are tagged by these too.
    call(SOURCE, ['TagResource', 'UntagResource'], { ids: tagged, find: async () => [], facets: EVERY }),
  ],
  gone: ['NoSuchDistribution'],
  facets: {
    settings: { grants: onDistributions('cloudfront:GetDistributionConfig'), read: readSettings },
    config: { grants: onDistributions('cloudfront:GetDistributionConfig'), read: readConfig },
  },
  grants: onEverything('cloudfront:ListDistributions'),
  volatile: ['etag'],
  ownership: { grants: onDistributions('cloudfront:ListTagsForResource'), read: readOwnership },
  arn: arnOf,
  consoleUrl: ({ resourceId, region }) => consoleUrl(region, `cloudfront/v4/home#/distributions/${resourceId}`),
  list: (aws, _account, from) =>
    pagesOf(
      paginateListDistributions({ client: aws(CloudFrontClient), startingToken: from }, { MaxItems: 100 }),
      ({ DistributionList }) => DistributionList?.NextMarker,
      ({ DistributionList }) => {
        // An empty list has no items, and says so by its quantity.
        const { Quantity, Items = [] } = DistributionList ?? {};
        carried('ListDistributions', 'Quantity', Quantity);
        return Items.flatMap(({ Id }) => (Id === undefined ? [] : [{ resourceId: Id }]));
      },
    ),
});
