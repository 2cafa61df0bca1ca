import {
  DisableEbsEncryptionByDefaultCommand,
  EC2Client,
  EnableEbsEncryptionByDefaultCommand,
  GetEbsEncryptionByDefaultCommand,
} from '@aws-sdk/client-ec2';
import control from '../../../shared/controls/ec2/ec2-ebs-encryption-by-default-enabled.ts';
import { SAMPLE_ACCOUNT, sampleEvent, type TestAccount } from '../../support/sandbox.ts';
import { testControl } from '../../support/test-control.ts';
import { testOnSandbox } from '../../support/test-on-sandbox.ts';

const on = { ebsEncryptionByDefault: { enabled: true } };
const off = { ebsEncryptionByDefault: { enabled: false } };

testControl(control, {
  resourceId: SAMPLE_ACCOUNT,
  compliant: { on },
  nonCompliant: {
    off: {
      given: off,
      plan: [['EnableEbsEncryptionByDefault', {}]],
      after: on,
      says: 'New EBS volumes in eu-west-1 are not encrypted by default.',
    },
  },
});

const disabledBy = (event: string) => async (account: TestAccount) => {
  const flag = async (region: string) => {
    const { EbsEncryptionByDefault } = await account
      .aws(region)(EC2Client)
      .send(new GetEbsEncryptionByDefaultCommand({}));
    return EbsEncryptionByDefault;
  };
  await account.aws('eu-north-1')(EC2Client).send(new EnableEbsEncryptionByDefaultCommand({}));
  await account.aws()(EC2Client).send(new DisableEbsEncryptionByDefaultCommand({}));
  return {
    event: sampleEvent(event, { [SAMPLE_ACCOUNT]: account.accountId }),
    state: () => flag(account.region),
    neighbours: async () => [await flag('eu-north-1'), await flag('eu-central-1')],
  };
};

testOnSandbox(control, {
  'it is turned off': disabledBy('ec2/DisableEbsEncryptionByDefault'),
  'it is turned off, and the event has no parameters': disabledBy('ec2/DisableEbsEncryptionByDefault.no-parameters'),
});
