import { expect } from '@jest/globals';
import fc from 'fast-check';
import control from '../../../shared/controls/cloudfront/cloudfront-distribution-https-required.ts';
import { type Model, type Parts, testHarmless } from '../../support/harm/test-harmless.ts';

interface Behavior {
  readonly ViewerProtocolPolicy: string;
  readonly [member: string]: unknown;
}
/** A distribution, as far as it matters what becomes of it. */
interface Distribution {
  readonly etag: string;
  readonly config: {
    readonly DefaultCacheBehavior: Behavior;
    readonly CacheBehaviors: {
      readonly Quantity: number;
      readonly Items?: readonly (Behavior & { PathPattern: string })[];
    };
    readonly ViewerCertificate: Readonly<Record<string, unknown>>;
    readonly [member: string]: unknown;
  };
  /** It adds headers for an origin. */
  readonly hasHeaders: boolean;
  readonly unknown: readonly string[];
}

const ID = 'E1A2B3C4D5E6F7';
const CURRENT = ['TLSv1.2_2021', 'TLSv1.3_2025'];
const OUTDATED = ['SSLv3', 'TLSv1', 'TLSv1_2016', 'TLSv1.1_2016', 'TLSv1.2_2018'];

const behaviorOf = (isOpen: boolean) =>
  fc.record<Behavior>({
    ViewerProtocolPolicy: fc.constantFrom('https-only', 'redirect-to-https', ...(isOpen ? ['allow-all'] : [])),
    TargetOriginId: fc.constantFrom('web', 'api'),
    Compress: fc.boolean(),
    AllowedMethods: fc.constant({ Quantity: 2, Items: ['HEAD', 'GET'], CachedMethods: { Quantity: 0 } }),
    MinTTL: fc.nat(),
    // What looks like a policy and is none of these.
    CachePolicyId: fc.constantFrom('allow-all', '4135ea2d-6df8-44a3-9df3-4b5a84be39ad'),
    FunctionAssociations: fc.constant({ Quantity: 0 }),
  });
const certificateOf = (versions: readonly string[]) =>
  fc.oneof(
    // CloudFront's own, whose policy cannot be chosen.
    fc.constant({ CloudFrontDefaultCertificate: true, MinimumProtocolVersion: 'TLSv1' }),
    fc.constantFrom(...versions).map((MinimumProtocolVersion) => ({
      ACMCertificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/1',
      SSLSupportMethod: 'sni-only',
      MinimumProtocolVersion,
    })),
  );
const distributionOf = (isOpen: boolean) =>
  fc.record<Distribution>({
    etag: fc.constantFrom('E1TAG', 'E2TAG'),
    config: fc.record({
      DefaultCacheBehavior: behaviorOf(isOpen),
      CacheBehaviors: fc
        .uniqueArray(fc.tuple(fc.constantFrom('/api/*', '/img/*', '*.css'), behaviorOf(isOpen)), {
          selector: ([path]) => path,
          maxLength: 3,
        })
        .map((all) => all.map(([PathPattern, behavior]) => ({ PathPattern, ...behavior })))
        .map((Items) => ({ Quantity: Items.length, ...(Items.length === 0 ? {} : { Items }) })),
      ViewerCertificate: certificateOf(isOpen ? [...CURRENT, ...OUTDATED] : CURRENT),
      Comment: fc.constantFrom('', 'allow-all'),
      Enabled: fc.boolean(),
      PriceClass: fc.constantFrom('PriceClass_100', 'PriceClass_All'),
      Origins: fc.constant({ Quantity: 1, Items: [{ Id: 'web', DomainName: 'origin.example.com' }] }),
      WebACLId: fc.constantFrom('', 'arn:aws:wafv2:us-east-1:111122223333:global/webacl/shop/1'),
      Logging: fc.record({ Enabled: fc.boolean(), Bucket: fc.constant(''), Prefix: fc.constant('') }),
    }) as fc.Arbitrary<Distribution['config']>,
    hasHeaders: fc.constantFrom(false, false, false, false, true),
    unknown: fc.constantFrom<readonly string[]>([], [], [], [], ['DistributionConfig.NewMember']),
  });

const behaviorsOf = ({ config: { DefaultCacheBehavior, CacheBehaviors } }: Distribution) => [
  { PathPattern: '*', ...DefaultCacheBehavior },
  ...(CacheBehaviors.Items ?? []),
];
const isOutdated = ({ config: { ViewerCertificate } }: Distribution) =>
  ViewerCertificate.ACMCertificateArn !== undefined &&
  OUTDATED.includes(String(ViewerCertificate.MinimumProtocolVersion));

/** Every value of the configuration by its path. */
const leaves = (value: unknown, path: string): readonly (readonly [string, unknown])[] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, inner]) => leaves(inner, `${path}.${key}`))
    : [[path, value]];
const partsOf = ({ config, hasHeaders, unknown }: Distribution): Parts => ({
  ...Object.fromEntries(leaves(config, 'config')),
  hasHeaders,
  unknown,
});

const modelWith = (minimumProtocolVersion: string): Model<Distribution> => ({
  resourceId: ID,
  region: 'us-east-1',
  parameters: { minimumProtocolVersion },
  good: distributionOf(false),
  any: distributionOf(true),
  isPossible: ({ config: { CacheBehaviors, ViewerCertificate, DefaultCacheBehavior, ...others } }) =>
    CacheBehaviors.Quantity === (CacheBehaviors.Items?.length ?? 0) &&
    new Set(CacheBehaviors.Items?.map(({ PathPattern }) => PathPattern)).size === CacheBehaviors.Quantity &&
    (ViewerCertificate.ACMCertificateArn === undefined) !==
      (ViewerCertificate.CloudFrontDefaultCertificate === undefined) &&
    ViewerCertificate.MinimumProtocolVersion !== undefined &&
    DefaultCacheBehavior.ViewerProtocolPolicy !== undefined &&
    Object.keys(others).length === 6,
  read: (distribution) => ({
    settings: {
      behaviors: behaviorsOf(distribution).map(({ PathPattern, ViewerProtocolPolicy }) => ({
        path: PathPattern,
        viewerProtocolPolicy: ViewerProtocolPolicy,
      })),
      minimumProtocolVersion:
        distribution.config.ViewerCertificate.ACMCertificateArn === undefined
          ? null
          : distribution.config.ViewerCertificate.MinimumProtocolVersion,
    },
    config: distribution.hasHeaders
      ? null
      : { etag: distribution.etag, config: distribution.config, unknown: distribution.unknown },
  }),
  calledFor: (distribution) => {
    const parts = leaves(distribution.config, 'config').flatMap(([path, value]) =>
      (path.endsWith('.ViewerProtocolPolicy') && value === 'allow-all') ||
      (path === 'config.ViewerCertificate.MinimumProtocolVersion' && isOutdated(distribution))
        ? [path]
        : [],
    );
    return {
      isDrift: parts.length > 0,
      parts,
      isByHand:
        distribution.hasHeaders ||
        distribution.unknown.length > 0 ||
        (isOutdated(distribution) && minimumProtocolVersion === ''),
    };
  },
  partsOf,
  mayBecome: (part) => part === 'redirect-to-https' || (part === minimumProtocolVersion && part !== ''),
  apply: (distribution, { operation, input }) => {
    const { Id, IfMatch, DistributionConfig, ...others } = input as Readonly<Record<string, unknown>>;
    // Under the ETag that was read, else CloudFront would refuse, or undo what somebody else did meanwhile.
    expect([operation, Id, IfMatch, others]).toEqual(['UpdateDistribution', ID, distribution.etag, {}]);
    return {
      ...distribution,
      etag: 'E3TAG',
      config: DistributionConfig as Distribution['config'],
    };
  },
  answer: { ETag: 'E3TAG' },
});

testHarmless(control, modelWith(''));
testHarmless(control, modelWith('TLSv1.2_2021'));
