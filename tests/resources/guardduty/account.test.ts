import { CreateDetectorCommand, DeleteDetectorCommand, GuardDutyClient } from '@aws-sdk/client-guardduty';
import { expect, test } from '@jest/globals';
import { Gone } from '../../../shared/resource.ts';
import { guarddutyAccount } from '../../../shared/resources/guardduty/account.ts';
import { SAMPLE_ACCOUNT } from '../../support/samples.ts';
import { testAccount } from '../../support/sandbox.ts';
import { expectDeclaredReads, testResource } from '../../support/test-resource.ts';

testResource(guarddutyAccount, {
  events: {
    'guardduty/CreateDetector': [SAMPLE_ACCOUNT],
    'guardduty/UpdateDetector': [SAMPLE_ACCOUNT],
    'guardduty/DeleteDetector': [SAMPLE_ACCOUNT],
  },
});

test('the detector is read with no more than the declared actions, and gone where the list is empty', async () => {
  const account = await testAccount();
  const { accountId, region } = account;
  const ref = { resourceType: guarddutyAccount.type, resourceId: accountId, accountId, region };
  const { detector, administrator } = guarddutyAccount.facets;
  const gone = () => Promise.all([detector, administrator].map(({ read }) => read(account.aws(), ref)));
  await expect(gone()).rejects.toThrow(Gone);
  expect(await guarddutyAccount.ownership?.read(account.aws(), ref)).toEqual({ tags: {}, service: null });

  const guardduty = account.aws()(GuardDutyClient);
  const { DetectorId } = await guardduty.send(
    new CreateDetectorCommand({
      Enable: true,
      FindingPublishingFrequency: 'ONE_HOUR',
      Features: [
        { Name: 'S3_DATA_EVENTS', Status: 'ENABLED' },
        {
          Name: 'RUNTIME_MONITORING',
          Status: 'ENABLED',
          AdditionalConfiguration: [{ Name: 'EC2_AGENT_MANAGEMENT', Status: 'DISABLED' }],
        },
      ],
      Tags: { team: 'security' },
    }),
  );
  await expectDeclaredReads(guarddutyAccount, accountId, account);
  expect(await detector.read(account.aws(), ref)).toEqual({
    DetectorId,
    Status: 'ENABLED',
    FindingPublishingFrequency: 'ONE_HOUR',
    Features: [
      { Name: 'S3_DATA_EVENTS', Status: 'ENABLED', AdditionalConfiguration: [] },
      {
        Name: 'RUNTIME_MONITORING',
        Status: 'ENABLED',
        AdditionalConfiguration: [{ Name: 'EC2_AGENT_MANAGEMENT', Status: 'DISABLED' }],
      },
    ],
    Tags: { team: 'security' },
  });
  expect(await administrator.read(account.aws(), ref)).toBeNull();
  expect(await guarddutyAccount.ownership?.read(account.aws(), ref)).toMatchObject({ tags: { team: 'security' } });
  await guardduty.send(new DeleteDetectorCommand({ DetectorId }));
  await expect(gone()).rejects.toThrow(Gone);
});
