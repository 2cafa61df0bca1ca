import {
  CloudFrontClient,
  CreateDistributionCommand,
  type DistributionConfig,
  GetDistributionConfigCommand,
  UpdateDistributionCommand,
} from '@aws-sdk/client-cloudfront';
import type { SceneAccount } from '../scene.ts';

/** Creates a distribution that holds viewers to HTTPS, logs and has a web ACL, and gives its id. */
export async function createDistribution(
  { aws, accountId, name }: SceneAccount,
  base: string,
  change: Partial<DistributionConfig> = {},
): Promise<string> {
  const origin = name(base);
  const DistributionConfig: DistributionConfig = {
    CallerReference: origin,
    Comment: 'the public site',
    Enabled: true,
    Origins: {
      Quantity: 1,
      Items: [
        {
          Id: origin,
          DomainName: 'origin.example.com',
          CustomOriginConfig: { HTTPPort: 80, HTTPSPort: 443, OriginProtocolPolicy: 'https-only' },
        },
      ],
    },
    DefaultCacheBehavior: { TargetOriginId: origin, ViewerProtocolPolicy: 'redirect-to-https' },
    Logging: { Enabled: true, IncludeCookies: false, Bucket: 'access-logs.s3.amazonaws.com', Prefix: base },
    WebACLId: `arn:aws:wafv2:us-east-1:${accountId}:global/webacl/baseline/0a1b2c3d-4e5f-4071-8293-a4b5c6d7e8f9`,
    ...change,
  };
  const { Distribution } = await aws(CloudFrontClient).send(new CreateDistributionCommand({ DistributionConfig }));
  return Distribution?.Id ?? '';
}

/** The configuration of a distribution, with its ETag. */
export const readDistribution = ({ aws }: Pick<SceneAccount, 'aws'>, Id: string) =>
  aws(CloudFrontClient).send(new GetDistributionConfigCommand({ Id }));

/** Changes a distribution as the console does: the whole configuration goes back. */
export async function changeDistribution(
  account: Pick<SceneAccount, 'aws'>,
  Id: string,
  change: (config: DistributionConfig) => DistributionConfig,
): Promise<void> {
  const { ETag: IfMatch, DistributionConfig: config } = await readDistribution(account, Id);
  if (config === undefined) throw new Error(`${Id} has no configuration`);
  const DistributionConfig = change(config);
  await account.aws(CloudFrontClient).send(new UpdateDistributionCommand({ Id, IfMatch, DistributionConfig }));
}
