import {
  CreateKeyCommand,
  EnableKeyRotationCommand,
  type KeySpec,
  type KeyUsageType,
  KMSClient,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import { expect, test } from '@jest/globals';
import { changesIn } from '../../../shared/engine/intake/parse-event.ts';
import { kmsKey } from '../../../shared/resources/kms/key.ts';
import { sampleEvent } from '../../support/samples.ts';
import { testAccount } from '../../support/sandbox.ts';
import { expectDeclaredReads, testResource } from '../../support/test-resource.ts';

const KEY = '1f2e3d4c-5b6a-4798-8a1b-2c3d4e5f6071';

testResource(kmsKey, {
  events: {
    'kms/CreateKey': [KEY],
    'kms/ScheduleKeyDeletion': [KEY],
    'kms/ScheduleKeyDeletion.by-arn': [KEY],
    'kms/CancelKeyDeletion': [KEY],
    'kms/DisableKey': [KEY],
    'kms/EnableKey': [KEY],
    'kms/EnableKeyRotation': [KEY],
    'kms/DisableKeyRotation': [KEY],
    'kms/UpdatePrimaryRegion': [KEY],
    'kms/TagResource': [KEY],
    'kms/UntagResource': [KEY],
    'kms/PutKeyPolicy': [KEY],
  },
  lookups: ['ReplicateKey'],
});

test('a replica is looked at in its own region', () => {
  const [made] = changesIn(sampleEvent('kms/ReplicateKey'));
  const trigger = kmsKey.triggers.find((one) => one.kind === 'call' && one.eventNames.includes('ReplicateKey'));
  expect(made?.kind === 'call' && trigger?.kind === 'call' ? trigger.ids?.(made.record) : undefined).toEqual([
    { resourceId: 'mrk-1f2e3d4c5b6a47988a1b2c3d4e5f6071', region: 'eu-central-1' },
  ]);
});

test('a key is read with no more than the declared actions, and its deletion by its date', async () => {
  const account = await testAccount();
  const kms = account.aws()(KMSClient);
  const Tags = [{ TagKey: 'team', TagValue: 'exports' }];
  const { KeyMetadata: { KeyId: resourceId = '' } = {} } = await kms.send(new CreateKeyCommand({ Tags }));
  await expectDeclaredReads(kmsKey, resourceId, account);

  const ref = { resourceType: kmsKey.type, resourceId, accountId: account.accountId, region: account.region };
  expect(await kmsKey.facets.tags.read(account.aws(), ref)).toEqual({ team: 'exports' });
  expect(await kmsKey.facets.key.read(account.aws(), ref)).toMatchObject({ KeyState: 'Enabled', DeletionDate: null });
  await kms.send(new ScheduleKeyDeletionCommand({ KeyId: resourceId }));
  expect(await kmsKey.facets.key.read(account.aws(), ref)).toMatchObject({
    KeyState: 'PendingDeletion',
    KeyManager: 'CUSTOMER',
    DeletionDate: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T/),
  });
  const unknown = { ...ref, resourceId: '0f2e3d4c-5b6a-4798-8a1b-2c3d4e5f6071' };
  for (const facet of Object.values(kmsKey.facets))
    await expect(facet.read(account.aws(), unknown)).rejects.toMatchObject({ name: kmsKey.gone[0] });
});

test('a key rotates or not; one that never does by itself has no status', async () => {
  const account = await testAccount();
  const kms = account.aws()(KMSClient);
  const created = async (KeySpec: KeySpec, KeyUsage: KeyUsageType) => {
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({ KeySpec, KeyUsage }));
    const resourceId = KeyMetadata?.KeyId ?? '';
    return { resourceType: kmsKey.type, resourceId, accountId: account.accountId, region: account.region };
  };
  const symmetric = await created('SYMMETRIC_DEFAULT', 'ENCRYPT_DECRYPT');
  const { read } = kmsKey.facets.rotation;
  const kind = { KeyManager: 'CUSTOMER', KeyState: 'Enabled', Origin: 'AWS_KMS', MultiRegionKeyType: null };
  const off = { KeyRotationEnabled: false, RotationPeriodInDays: null };
  expect(await read(account.aws(), symmetric)).toEqual({ ...kind, KeySpec: 'SYMMETRIC_DEFAULT', status: off });
  await kms.send(new EnableKeyRotationCommand({ KeyId: symmetric.resourceId }));
  // KMS tells the period too, which the local account leaves out.
  expect(await read(account.aws(), symmetric)).toMatchObject({ status: { KeyRotationEnabled: true } });
  const asymmetric = await created('RSA_2048', 'SIGN_VERIFY');
  expect(await read(account.aws(), asymmetric)).toEqual({ ...kind, KeySpec: 'RSA_2048', status: null });
});
