import { expect, test } from '@jest/globals';
import { createDistribution } from '../../../scenes/cloudfront/distribution.ts';
import { cachingReads } from '../../../shared/aws/caching-clients.ts';
import { awsClients } from '../../../shared/aws/clients.ts';
import { readWholeConfig } from '../../../shared/aws/cloudfront/distribution-config.ts';
import { wireTo } from '../../support/aws-proxy.ts';
import { REGION } from '../../support/samples.ts';
import { testAccount } from '../../support/sandbox.ts';
import { sceneAccount } from '../../support/test-scene.ts';

const account = await testAccount();
const wire = await wireTo(account.endpoint);

test('a member that the SDK does not know is named, also where the answer is a kept one', async () => {
  const id = await createDistribution(sceneAccount(account), 'web');
  expect(await readWholeConfig(account.aws(), id)).toMatchObject({
    etag: expect.any(String),
    config: { Comment: 'the public site' },
    unknown: [],
  });

  const quantum = (body: string) => body.replace(/<\/DistributionConfig>/, '<Quantum><Mode>on</Mode></Quantum>$&');
  wire.alter([{ call: 'GET /2020-05-31/distribution/', change: quantum }]);
  process.env.AWS_ENDPOINT_URL = wire.endpoint;
  const clients = awsClients();
  const aws = cachingReads((region) => clients(region))(REGION);
  for (const _ of ['asked', 'kept'])
    expect(await readWholeConfig(aws, id)).toMatchObject({
      config: { Comment: 'the public site' },
      unknown: ['Quantum'],
    });
  expect(wire.take().filter((call) => call.includes('/distribution/'))).toHaveLength(1);
});
