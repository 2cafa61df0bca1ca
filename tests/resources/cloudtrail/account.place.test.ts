import { CloudTrailClient, ListTrailsCommand } from '@aws-sdk/client-cloudtrail';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { expect, test } from '@jest/globals';
import multiRegion from '../../../shared/controls/cloudtrail/cloudtrail-multi-region-trail-enabled.ts';
import { receive } from '../../../shared/engine/intake/reconcile-change.ts';
import { resourceKey } from '../../../shared/ledger/ledger.ts';
import { cloudtrailAccount } from '../../../shared/resources/cloudtrail/account.ts';
import { systemClock } from '../../../shared/time.ts';
import { testEngine } from '../../support/engine.ts';
import { SAMPLE_ACCOUNT, sampleEvent } from '../../support/samples.ts';
import { testAccount } from '../../support/sandbox.ts';

const LocationConstraint = 'eu-west-1' as const;

/** AWS Config says in us-east-1 what it has found about the account. */
const compliance = (accountId: string) => ({
  'detail-type': 'Config Rules Compliance Change',
  source: 'aws.config',
  account: accountId,
  region: 'us-east-1',
  time: new Date().toISOString(),
  detail: {
    messageType: 'ComplianceChangeNotification',
    resourceType: 'AWS::::Account',
    resourceId: accountId,
    awsAccountId: accountId,
    awsRegion: 'us-east-1',
    configRuleName: 'cloudtrail-enabled',
    newEvaluationResult: { complianceType: 'NON_COMPLIANT' },
  },
});

test.each([
  ['with a deployment in eu-west-1', 'eu-west-1', 'eu-west-1'],
  ['without a deployment', undefined, 'us-east-1'],
])(
  'a compliance change in us-east-1 and a call in eu-west-1 at once make one trail, one finding, one record: %s',
  async (_name, home, place) => {
    const account = await testAccount();
    const { accountId } = account;
    const Bucket = `audit-${accountId}`;
    const CreateBucketConfiguration = { LocationConstraint };
    await account.aws()(S3Client).send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
    const parameters = { s3BucketName: Bucket };
    const engine = testEngine(account.aws, 'remediate', { clock: systemClock, parameters });
    const options = { controls: [multiRegion], fallback: account, ...(home === undefined ? {} : { home }) };
    const call = sampleEvent('cloudtrail/DeleteTrail', { [SAMPLE_ACCOUNT]: accountId });
    const received = async (event: object) => (await Array.fromAsync(receive(event, engine, options))).flat();
    const results = (await Promise.all([compliance(accountId), call].map(received))).flat();
    expect(results.map(({ resourceId, region }) => [resourceId, region])).toEqual([
      [accountId, place],
      [accountId, place],
    ]);
    expect(results.filter(({ outcome }) => outcome === 'remediated')).toHaveLength(1);

    const { Trails } = await account.aws()(CloudTrailClient).send(new ListTrailsCommand({}));
    expect(Trails).toMatchObject([{ Name: 'management-events', HomeRegion: place }]);
    const ref = { resourceType: cloudtrailAccount.type, resourceId: accountId, accountId, region: place };
    const key = resourceKey('cloudtrail', ref);
    expect(await engine.ledger.chainKeys()).toEqual([key]);
    expect((await engine.ledger.load(key)).state.findings).toEqual({});
    expect(engine.notified).toHaveLength(1);
  },
);
