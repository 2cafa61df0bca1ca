import { EC2Client, ModifyImageAttributeCommand, RegisterImageCommand } from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { image } from '../../../shared/resources/ec2/image.ts';
import { sampleEvent } from '../../support/samples.ts';
import { testAccount } from '../../support/sandbox.ts';
import { expectDeclaredReads, expectListedAsRead, idsFrom, testResource } from '../../support/test-resource.ts';

const AMI = 'ami-0a1b2c3d4e5f60718';

testResource(image, {
  events: {
    'ec2/ModifyImageAttribute': [AMI],
    'ec2/ResetImageAttribute': [AMI],
    'ec2/DeregisterImage': [AMI],
    'ec2/CreateTags': [],
    'ec2/DeleteTags': [],
  },
});

test('an image whose exempting tag goes is looked at', async () => {
  const account = await testAccount();
  const untagged = sampleEvent('ec2/CreateTags', { 'snap-0a1b2c3d4e5f60718': AMI });
  expect(await idsFrom(image, untagged, account)).toEqual([AMI]);
});

test('an image is read and listed with no more than the declared actions', async () => {
  const account = await testAccount();
  const ec2 = account.aws()(EC2Client);
  const register = async (Name: string) => (await ec2.send(new RegisterImageCommand({ Name }))).ImageId ?? '';
  const open = await register('open');
  const closed = await register('closed');
  await ec2.send(new ModifyImageAttributeCommand({ ImageId: open, LaunchPermission: { Add: [{ Group: 'all' }] } }));
  await ec2.send(
    new ModifyImageAttributeCommand({ ImageId: closed, LaunchPermission: { Add: [{ UserId: '444455556666' }] } }),
  );
  await expectDeclaredReads(image, open, account);
  await expectListedAsRead(image, account);
  const ref = { resourceType: image.type, accountId: account.accountId, region: account.region };
  const read = (resourceId: string) => image.facets.sharing.read(account.aws(), { ...ref, resourceId });
  expect(await read(open)).toEqual({ public: true });
  expect(await read(closed)).toEqual({ public: false });
  await expect(read('ami-00000000000000000')).rejects.toMatchObject({ name: image.gone[0] });
});
