import scene from '../../../scenes/sqs/sqs-queue-public-access-prohibited.ts';
import control from '../../../shared/controls/sqs/sqs-queue-public-access-prohibited.ts';
import { SAMPLE_ACCOUNT } from '../../support/samples.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const URL = `https://sqs.eu-west-1.amazonaws.com/${SAMPLE_ACCOUNT}/orders`;
const open = { Sid: 'Open', Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage', Resource: '*' };
const own = { Sid: 'Own', Effect: 'Allow', Principal: { AWS: SAMPLE_ACCOUNT }, Action: 'sqs:*', Resource: '*' };
const text = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const policy = (...statements: object[]) => ({ policy: text(...statements) });
const put = (Policy: string) => ['SetQueueAttributes', { QueueUrl: URL, Attributes: { Policy } }] as const;

// SQS refuses a policy without statements, where moto takes one, and takes up to a minute to apply what moto applies at once.
testControl(control, {
  resourceId: URL,
  compliant: {
    'no policy': { policy: null },
    'the own account': policy(own),
    'a rule of the own account': policy({
      ...open,
      Condition: { ArnEquals: { 'aws:SourceArn': `arn:aws:events:eu-west-1:${SAMPLE_ACCOUNT}:rule/x` } },
    }),
    'everybody of an organization': policy({
      ...open,
      Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-example' } },
    }),
    'a bare statement': { policy: JSON.stringify({ Statement: own }) },
  },
  nonCompliant: {
    'one statement beside another': {
      given: policy(own, open),
      plan: [put(text(own))],
      undo: [put(text(own, open))],
      after: policy(own),
      says: 'grants access to everybody: statement "Open".',
      elements: [['statement Open']],
      other: { 'more is open': policy(own, open, { ...open, Sid: 'Second' }) },
    },
    'the only statement': {
      given: policy(open),
      plan: [put('')],
      undo: [put(text(open))],
      after: { policy: null },
    },
    'every bucket of the world': {
      given: policy({ ...open, Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:s3:*:*:*' } } }),
      plan: [put('')],
      after: { policy: null },
    },
    'a key that stands twice': {
      given: { policy: '{"Statement":[{"Effect":"Allow","Principal":"*","Action":"sqs:*","Action":"sqs:*"}]}' },
      plan: [],
      byHand: 'a key twice',
    },
  },
});

testScene(control, scene);
