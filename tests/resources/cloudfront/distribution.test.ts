import { expect, test } from '@jest/globals';
import { changeDistribution, createDistribution } from '../../../scenes/cloudfront/distribution.ts';
import { distribution } from '../../../shared/resources/cloudfront/distribution.ts';
import { testAccount } from '../../support/sandbox.ts';
import { expectDeclaredReads, expectListedAsRead, testResource } from '../../support/test-resource.ts';
import { sceneAccount } from '../../support/test-scene.ts';

const ID = 'E2EXAMPLE1DIST';

testResource(distribution, {
  events: {
    'cloudfront/CreateDistribution': [ID],
    'cloudfront/CreateDistributionWithTags': [ID],
    'cloudfront/CopyDistribution': ['E3EXAMPLE2COPY'],
    'cloudfront/UpdateDistribution': [ID],
    'cloudfront/UpdateDistributionWithStagingConfig': [ID],
    'cloudfront/AssociateDistributionWebACL': [ID],
    'cloudfront/DisassociateDistributionWebACL': [ID],
    'cloudfront/DeleteDistribution': [ID],
    'cloudfront/TagResource': [ID],
    'cloudfront/TagResource.function': [],
    'cloudfront/UntagResource': [ID],
  },
});

test('a distribution is read, and its configuration only where no header may hold a secret', async () => {
  const account = await testAccount();
  const aws = account.aws();
  const resourceId = await createDistribution(sceneAccount(account), 'web');
  const ref = { resourceType: distribution.type, resourceId, accountId: account.accountId, region: account.region };
  const { settings, config } = distribution.facets;
  expect(await settings.read(aws, ref)).toEqual({
    behaviors: [{ path: '*', viewerProtocolPolicy: 'redirect-to-https' }],
    minimumProtocolVersion: null,
    isLogging: true,
    webAclId: expect.stringContaining('webacl/baseline'),
    bucketsWithoutControl: [],
  });
  expect(await config.read(aws, ref)).toMatchObject({ etag: expect.any(String), unknown: [] });
  expect(await distribution.ownership?.read(aws, ref)).toEqual({ tags: {}, service: null });
  await expectDeclaredReads(distribution, resourceId, account);
  await expectListedAsRead(distribution, account);

  const HeaderValue = 'not-for-the-ledger';
  const bucket = { Id: 'assets', DomainName: 'assets.s3.eu-west-1.amazonaws.com', OriginPath: '' };
  await changeDistribution({ aws }, resourceId, (before) => ({
    ...before,
    Origins: {
      Quantity: 2,
      Items: [
        ...(before.Origins?.Items ?? []).map((origin) => ({
          ...origin,
          CustomHeaders: { Quantity: 1, Items: [{ HeaderName: 'X-Origin', HeaderValue }] },
        })),
        { ...bucket, S3OriginConfig: { OriginAccessIdentity: 'origin-access-identity/cloudfront/E1EXAMPLE' } },
      ],
    },
    ViewerCertificate: {
      ACMCertificateArn: `arn:aws:acm:us-east-1:${account.accountId}:certificate/0a1b2c3d`,
      SSLSupportMethod: 'sni-only',
      MinimumProtocolVersion: 'TLSv1',
    },
  }));
  const state = await settings.read(aws, ref);
  expect(state).toMatchObject({ minimumProtocolVersion: 'TLSv1', bucketsWithoutControl: ['assets'] });
  expect(JSON.stringify(state)).not.toContain(HeaderValue);
  expect(await config.read(aws, ref)).toBeNull();
  await expect(settings.read(aws, { ...ref, resourceId: 'E0EXAMPLE0NONE' })).rejects.toMatchObject({
    name: 'NoSuchDistribution',
  });
});
