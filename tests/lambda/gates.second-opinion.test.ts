import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Context } from 'aws-lambda';
import kmsScene from '../../scenes/kms/kms-key-policy-public-access-prohibited.ts';
import type { Scene } from '../../scenes/scene.ts';
import sqsScene from '../../scenes/sqs/sqs-queue-public-access-prohibited.ts';
import { createHandler } from '../../shared/lambda/handler.ts';
import type { PolicyDocument } from '../../shared/policy/policy.ts';
import { type Alteration, wireTo } from '../support/aws-proxy.ts';
import { makeHands } from '../support/cli-fixture.ts';
import { REGION } from '../support/samples.ts';
import { servicesNamed } from '../support/served.ts';
import { sceneAccount } from '../support/test-scene.ts';

const hands = await makeHands();
const { account } = hands;
const stage = sceneAccount(account);
const wire = await wireTo(account.endpoint);
/** Its rechecks go to the queue of this name. */
const FUNCTION = 'evenkeel-prod-applications';
const context = {
  invokedFunctionArn: `arn:aws:lambda:${REGION}:${account.accountId}:function:${FUNCTION}`,
} as Context;

beforeAll(async () => {
  const own = { AWS_ENDPOINT_URL_DYNAMODB: account.endpoint, AWS_ENDPOINT_URL_SNS: account.endpoint };
  const quiet = { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' };
  Object.assign(process.env, hands.env, quiet, own, {
    AWS_ENDPOINT_URL: wire.endpoint,
    AWS_LAMBDA_FUNCTION_NAME: FUNCTION,
  });
  await account
    .aws()(SQSClient)
    .send(new CreateQueueCommand({ QueueName: FUNCTION }));
});
beforeEach(async () => {
  wire.alter([]);
  wire.take();
  await hands.mail();
});

const CHECK = 'POST /policy/check-no-public-access';
const RECHECK = 'sqs:SendMessageBatch';
/** A policy is opened, and the function hears of it: its outcome, whether the policy has changed, how often Access Analyzer was asked, and how many rechecks were sent. */
async function opened(
  scene: Scene,
  service: string,
  answers: readonly Alteration[],
  settings: PolicyDocument['defaults'] = { checkNoPublicAccess: true },
) {
  const { state, happen } = await scene.prepare(stage);
  const { event } = await happen();
  const before = await state();
  const controls = Object.fromEntries(Object.keys(scene.expects).map((id) => [id, { mode: 'remediate' as const }]));
  const policy: PolicyDocument = { defaults: { mode: 'off', ...settings }, controls };
  const handler = createHandler({ services: servicesNamed(service), detections: [], policy });
  wire.alter(answers);
  wire.take();
  const outcome = await handler(event, context);
  const isChanged = JSON.stringify(await state()) !== JSON.stringify(before);
  const calls = wire.take();
  const countOf = (name: string) => calls.filter((call) => call === name).length;
  return { outcome, isChanged, checks: countOf(CHECK), rechecks: countOf(RECHECK) };
}
const EDITED = { outcome: { remediated: 1 }, isChanged: true, rechecks: 0 };
const LEFT = { outcome: { detected: 1 }, isChanged: false };

const answer = (status: number, name: string): Alteration => ({
  call: CHECK,
  isWithheld: true,
  status,
  headers: { 'x-amzn-errortype': name, 'content-type': 'application/json' },
  change: () => '{"message":"No."}',
});
const instead = (said: string, other: string): Alteration => ({
  call: CHECK,
  change: (body) => body.replace(said, other),
});
const SCENES: readonly (readonly [string, Scene])[] = [
  ['sqs', sqsScene],
  ['kms', kmsScene],
];

describe.each(SCENES)('a public policy of %s', (service, scene) => {
  test('is edited where Access Analyzer agrees, before and after', async () => {
    expect(await opened(scene, service, [])).toEqual({ ...EDITED, checks: 2 });
  });

  test('is edited without its opinion where policy.yml does not ask for it', async () => {
    const found = await opened(scene, service, [answer(403, 'AccessDeniedException')], {});
    expect(found).toEqual({ ...EDITED, checks: 0 });
  });

  test.each<[string, Alteration, object, RegExp]>([
    [
      'Access Analyzer finds it private',
      instead('"FAIL"', '"PASS"'),
      { checks: 1, rechecks: 0 },
      /IAM Access Analyzer disagrees\. Public access granted/,
    ],
    [
      'Access Analyzer finds the plan public',
      instead('"PASS"', '"FAIL"'),
      { checks: 2, rechecks: 0 },
      /IAM Access Analyzer says that the policy would stay public\. The resource policy/,
    ],
    [
      'the check is denied',
      answer(403, 'AccessDeniedException'),
      { checks: 1, rechecks: 0 },
      /gave no opinion \(AccessDeniedException of CheckNoPublicAccess\)\. /,
    ],
    [
      'the check is throttled',
      answer(429, 'ThrottlingException'),
      { checks: 1, rechecks: 1 },
      /gave no opinion \(ThrottlingException of CheckNoPublicAccess\); it is asked again after 15 minutes/,
    ],
    [
      'Access Analyzer is down',
      answer(500, 'InternalServerException'),
      { checks: 1, rechecks: 1 },
      /gave no opinion \(InternalServerException of CheckNoPublicAccess\); it is asked again/,
    ],
  ])('stays as it is where %s, and people are notified', async (_, alteration, calls, words) => {
    expect(await opened(scene, service, [alteration])).toEqual({ ...LEFT, ...calls });
    const mail = await hands.mail();
    expect(mail).toMatchObject([{ subject: expect.stringMatching(/Drift detected/) }]);
    expect(JSON.stringify(mail)).toMatch(words);
  });
});
