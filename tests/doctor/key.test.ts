import { expect, test } from '@jest/globals';
import { key } from '../../shared/doctor/key.ts';
import { contextWith, deploymentWith, resultsOf, stackResources } from '../support/doctor-context.ts';

const deployment = deploymentWith(stackResources('AWS::KMS::Key', 'key-1'));
const found = (KeyMetadata: object) =>
  resultsOf(key, contextWith({ DescribeKey: () => ({ KeyMetadata }) }, { deployment }));

test('a key that is enabled is ok', async () => {
  expect(await found({ KeyState: 'Enabled' })).toMatchObject([{ status: 'ok', message: 'enabled' }]);
});

test('one that is disabled is enabled by the remedy; of one to be deleted, the deletion is cancelled first', async () => {
  const enable = 'aws kms enable-key --key-id key-1 --region eu-west-1';
  expect(await found({ KeyState: 'Disabled' })).toMatchObject([
    { status: 'error', message: expect.stringMatching(/^key-1 is Disabled: ledger/), remedy: enable },
  ]);
  expect(await found({ KeyState: 'PendingDeletion', DeletionDate: new Date('2026-12-24T12:00:00Z') })).toMatchObject([
    {
      status: 'error',
      message: expect.stringMatching(/^key-1 is PendingDeletion, to be deleted on 2026-12-24: /),
      remedy: `aws kms cancel-key-deletion --key-id key-1 --region eu-west-1 && ${enable}`,
    },
  ]);
});

test('a stack without a key has nothing to check', async () => {
  expect(await resultsOf(key, contextWith({}))).toEqual([]);
});
