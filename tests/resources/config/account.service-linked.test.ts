import { beforeEach, expect, test } from '@jest/globals';
import { awsClients } from '../../../shared/aws/clients.ts';
import recorderEnabled from '../../../shared/controls/config/config-recorder-enabled.ts';
import { receive } from '../../../shared/engine/intake/reconcile-change.ts';
import { configAccount } from '../../../shared/resources/config/account.ts';
import { isWrite, wireTo } from '../../support/aws-proxy.ts';
import { testEngine } from '../../support/engine.ts';
import { SAMPLE_ACCOUNT, sampleEvent } from '../../support/samples.ts';
import { testAccount } from '../../support/sandbox.ts';

const NAME = 'AWSConfigurationRecorderForSecurityHubCSPM';
const RECORDER = {
  name: NAME,
  servicePrincipal: 'securityhub.amazonaws.com',
  recordingScope: 'INTERNAL',
  recordingGroup: { allSupported: false, resourceTypes: ['AWS::S3::Bucket'] },
};
const STATUS = { name: NAME, servicePrincipal: 'securityhub.amazonaws.com', recording: true };

const wire = await wireTo(process.env.EVENKEEL_TEST_ENDPOINT ?? '');
const account = await testAccount();
process.env.AWS_ENDPOINT_URL = wire.endpoint;
const clients = awsClients();

/** AWS Config names the recorder of a service only to whoever asks for that service. */
const answers = (recorders: object | string, status: object = {}) =>
  wire.alter(
    [
      { call: 'config:DescribeConfigurationRecorderStatus', holds: 'securityhub.amazonaws.com', answer: status },
      { call: 'config:DescribeConfigurationRecorders', holds: 'securityhub.amazonaws.com', answer: recorders },
      {
        call: 'config:DescribeConfigurationRecorders',
        holds: 'securityhubv2.amazonaws.com',
        answer: 'NoSuchConfigurationRecorderException',
      },
    ].map(({ answer, ...rest }) => ({
      ...rest,
      status: typeof answer === 'string' ? 400 : 200,
      change: () => JSON.stringify(typeof answer === 'string' ? { __type: answer, message: 'Not here.' } : answer),
    })),
  );

const read = () => configAccount.facets.serviceLinked.read(clients(account.region));

beforeEach(() => {
  wire.take();
});

test("Security Hub's own recorder is read by its service, with whether it records", async () => {
  answers({ ConfigurationRecorders: [RECORDER] }, { ConfigurationRecordersStatus: [STATUS] });
  expect(await read()).toEqual([{ name: NAME, servicePrincipal: 'securityhub.amazonaws.com', recording: true }]);
  answers({ ConfigurationRecorders: [RECORDER] }, { ConfigurationRecordersStatus: [{ ...STATUS, recording: false }] });
  expect(await read()).toMatchObject([{ recording: false }]);
});

test.each(['NoSuchConfigurationRecorderException', 'ValidationException'])(
  '%s means that there is none',
  async (name) => {
    answers(name);
    expect(await read()).toEqual([]);
  },
);

test('any other answer says nothing', async () => {
  answers('AccessDeniedException');
  await expect(read()).rejects.toMatchObject({ name: 'AccessDeniedException' });
  answers({});
  await expect(read()).rejects.toThrow('answered without ConfigurationRecorders');
});

test('the recorder of another service does not count', async () => {
  answers({ ConfigurationRecorders: [{ ...RECORDER, servicePrincipal: 'observabilityadmin.amazonaws.com' }] });
  expect(await read()).toEqual([]);
});

test('an account that only Security Hub records is compliant, and no second recorder is made', async () => {
  const event = sampleEvent('config/DeleteConfigurationRecorder', { [SAMPLE_ACCOUNT]: account.accountId });
  const received = async () => {
    const parameters = { roleArn: `arn:aws:iam::${account.accountId}:role/recorder`, s3BucketName: 'history' };
    const engine = testEngine(clients, 'remediate', { parameters });
    const options = { controls: [recorderEnabled], fallback: account, home: account.region };
    return (await Array.fromAsync(receive(event, engine, options))).flat();
  };
  answers({ ConfigurationRecorders: [RECORDER] }, { ConfigurationRecordersStatus: [STATUS] });
  expect(await received()).toMatchObject([
    { outcome: 'compliant', annotation: expect.stringContaining('its items reach nobody else') },
  ]);
  answers('AccessDeniedException');
  expect(await received()).toMatchObject([{ before: null, steps: [] }]);
  expect(wire.calls.filter(isWrite)).toEqual([]);
});
