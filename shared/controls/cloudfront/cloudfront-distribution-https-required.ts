import {
  CloudFrontClient,
  type DistributionConfig,
  type MinimumProtocolVersion,
  UpdateDistributionCommand,
  type UpdateDistributionResult,
} from '@aws-sdk/client-cloudfront';
import type { WholeConfig } from '../../aws/cloudfront/distribution-config.ts';
import { CLOUDFRONT_RECOMMENDED_POLICIES } from '../../aws/tls-policies.ts';
import { byHand, compliant, defineControl, nonCompliant } from '../../control.ts';
import type { Aws, ResourceRef } from '../../resource.ts';
import { distribution } from '../../resources/cloudfront/distribution.ts';
import { step, stepBuilder, undoneBy } from '../../step.ts';

const isOutdated = (version: string | null): boolean =>
  version !== null && !CLOUDFRONT_RECOMMENDED_POLICIES.includes(version);

type Policy = string | undefined;

/** The same configuration with other viewer protocol policies and another TLS policy (empty: the same): all else stays as it was read. */
function withPolicies(
  config: DistributionConfig,
  policyOf: (path: string, policy: Policy) => Policy,
  MinimumProtocolVersion: MinimumProtocolVersion | '',
): DistributionConfig {
  const { DefaultCacheBehavior, CacheBehaviors, ViewerCertificate } = config;
  const changed = <B extends { ViewerProtocolPolicy: Policy }>(path: string, behavior: B): B => ({
    ...behavior,
    ViewerProtocolPolicy: policyOf(path, behavior.ViewerProtocolPolicy),
  });
  return {
    ...config,
    ...(DefaultCacheBehavior && { DefaultCacheBehavior: changed('*', DefaultCacheBehavior) }),
    ...(CacheBehaviors?.Items && {
      CacheBehaviors: {
        ...CacheBehaviors,
        Items: CacheBehaviors.Items.map((one) => changed(one.PathPattern ?? '?', one)),
      },
    }),
    ...(MinimumProtocolVersion !== '' && { ViewerCertificate: { ...ViewerCertificate, MinimumProtocolVersion } }),
  };
}

const secured = (config: DistributionConfig, version: MinimumProtocolVersion | ''): DistributionConfig =>
  withPolicies(config, (_, policy) => (policy === 'allow-all' ? 'redirect-to-https' : policy), version);

interface Recorded {
  readonly settings: Awaited<ReturnType<typeof distribution.facets.settings.read>>;
}

/** The undo where the answer that had the new ETag was lost: the configuration of now, with what was open open again. */
async function reopened(before: unknown, after: unknown, aws: Aws, ref: ResourceRef) {
  const whole = await distribution.facets.config.read(aws, ref);
  if (whole === null || whole.unknown.length > 0) return null;
  const { behaviors, minimumProtocolVersion } = (before as Recorded).settings;
  const isRaised = minimumProtocolVersion !== (after as Recorded).settings.minimumProtocolVersion;
  const open = new Set(behaviors.flatMap((one) => (one.viewerProtocolPolicy === 'allow-all' ? one.path : [])));
  const version = isRaised ? (minimumProtocolVersion as MinimumProtocolVersion) : '';
  const policyOf = (path: string, policy: Policy) => (open.has(path) ? 'allow-all' : policy);
  return { IfMatch: whole.etag, DistributionConfig: withPolicies(whole.config, policyOf, version) };
}

const update = stepBuilder(
  { 'cloudfront:UpdateDistribution': 'arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/*' },
  (Id: string, { etag, config }: WholeConfig, wanted: DistributionConfig, elements: readonly string[]) =>
    step(
      CloudFrontClient,
      UpdateDistributionCommand,
      { Id, IfMatch: etag, DistributionConfig: wanted },
      {
        elements,
        undo: ({ ETag }: UpdateDistributionResult) => {
          if (ETag === undefined) throw new TypeError('the ETag of the changed configuration is not known');
          const input = { Id, IfMatch: ETag, DistributionConfig: config };
          return [step(CloudFrontClient, UpdateDistributionCommand, input, { elements })];
        },
      },
    ),
);

export default defineControl({
  id: 'cloudfront-distribution-https-required',
  title: 'CloudFront distributions must require HTTPS and a current TLS policy',
  severity: 'MEDIUM',
  resource: distribution,
  needs: ['settings'],
  planNeeds: ['config'],
  securityControlIds: ['CloudFront.3', 'CloudFront.15'],
  relatedRequirements: ['AWS FSBP CloudFront.3', 'AWS FSBP CloudFront.15'],
  description:
    'No cache behavior may have the viewer protocol policy allow-all, and with a certificate of your own MinimumProtocolVersion must be one of those that CloudFront.15 recommends. allow-all becomes redirect-to-https; an outdated TLS policy is raised only where the parameter minimumProtocolVersion is set. CloudFront accepts a configuration only as a whole: it is sent back as it was read, under its ETag, with nothing else changed. Where it adds headers for an origin, whose values may be secret, or has a member that this version does not know, a person changes it.',
  rationale: 'What viewers send over HTTP or an outdated version of TLS can be read and altered in transit.',
  guidance:
    'Set the viewer protocol policy of each behavior to redirect-to-https or https-only, and the security policy to TLSv1.2_2021 or later once no viewer needs an older one.',
  impact: 'access',
  recommendedMode: 'remediate',
  permissions: update.permissions,
  undoCalls: [
    undoneBy(
      CloudFrontClient,
      UpdateDistributionCommand,
      ({ resourceId: Id }) => ({ Id }),
      ['IfMatch', 'DistributionConfig'],
      { lost: { operation: 'UpdateDistribution', input: reopened } },
    ),
  ],
  parameters: {
    minimumProtocolVersion: {
      description: 'The security policy that an outdated one is raised to; empty: a person raises it.',
      type: 'string',
      enum: ['', ...CLOUDFRONT_RECOMMENDED_POLICIES],
      default: '' as MinimumProtocolVersion | '',
    },
  },
  evaluate({ settings: { behaviors, minimumProtocolVersion } }) {
    const open = behaviors.filter(({ viewerProtocolPolicy }) => viewerProtocolPolicy === 'allow-all');
    const wrong = [
      ...open.map(({ path }) => `HTTP is allowed for ${path}`),
      ...(isOutdated(minimumProtocolVersion) ? [`the TLS policy is ${minimumProtocolVersion}`] : []),
    ];
    if (wrong.length === 0) return compliant('HTTPS and a current TLS policy are required.');
    return nonCompliant(`HTTPS or a current TLS policy is not required: ${wrong.join(', ')}.`, wrong);
  },
  plan({ ref, settings, config: whole }, { parameters: { minimumProtocolVersion } }) {
    const isRaised = isOutdated(settings.minimumProtocolVersion);
    if (isRaised && minimumProtocolVersion === '') return byHand('The parameter minimumProtocolVersion is empty.');
    if (whole === null) return byHand('It adds headers for an origin, whose values may be secret.');
    if (whole.unknown.length > 0)
      return byHand(`It has members that this version does not know: ${whole.unknown.join(', ')}.`);
    const open = settings.behaviors.filter(({ viewerProtocolPolicy }) => viewerProtocolPolicy === 'allow-all');
    const elements = [
      ...open.map(({ path }) => `viewer protocol policy ${path}`),
      ...(isRaised ? ['minimum protocol version'] : []),
    ];
    return [update(ref.resourceId, whole, secured(whole.config, isRaised ? minimumProtocolVersion : ''), elements)];
  },
});
