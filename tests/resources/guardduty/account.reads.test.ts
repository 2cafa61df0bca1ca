import { CreateDetectorCommand, GuardDutyClient, UpdateDetectorCommand } from '@aws-sdk/client-guardduty';
import { expect, test } from '@jest/globals';
import { awsClients } from '../../../shared/aws/clients.ts';
import detectorEnabled from '../../../shared/controls/guardduty/guardduty-detector-enabled.ts';
import { receive } from '../../../shared/engine/intake/reconcile-change.ts';
import { wireTo } from '../../support/aws-proxy.ts';
import { testEngine } from '../../support/engine.ts';
import { SAMPLE_ACCOUNT, sampleEvent } from '../../support/samples.ts';
import { testAccount } from '../../support/sandbox.ts';

const wire = await wireTo(process.env.EVENKEEL_TEST_ENDPOINT ?? '');
const account = await testAccount();
process.env.AWS_ENDPOINT_URL = wire.endpoint;
const clients = awsClients();

test('an evaluation lists the detectors once, for all facets and the ownership', async () => {
  const guardduty = clients(account.region)(GuardDutyClient);
  const { DetectorId } = await guardduty.send(new CreateDetectorCommand({ Enable: true }));
  const engine = testEngine(clients);
  const received = async () => {
    const event = sampleEvent('guardduty/UpdateDetector', { [SAMPLE_ACCOUNT]: account.accountId });
    const options = { controls: [detectorEnabled], fallback: account, home: account.region };
    wire.take();
    const results = await Array.fromAsync(receive(event, engine, options));
    return { outcomes: results.flat().map(({ outcome }) => outcome), calls: wire.take() };
  };
  const evaluation = ['GET /detector', `GET /detector/${DetectorId}`];
  expect(await received()).toEqual({ outcomes: ['compliant'], calls: evaluation });

  await guardduty.send(new UpdateDetectorCommand({ DetectorId, Enable: false }));
  expect(await received()).toEqual({
    outcomes: ['remediated'],
    calls: [...evaluation, `GET /detector/${DetectorId}/administrator`, `POST /detector/${DetectorId}`, ...evaluation],
  });
});
