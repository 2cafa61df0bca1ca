import scene from '../../../scenes/sns/sns-topic-public-access-prohibited.ts';
import control from '../../../shared/controls/sns/sns-topic-public-access-prohibited.ts';
import { SAMPLE_ACCOUNT } from '../../support/samples.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const ARN = `arn:aws:sns:eu-west-1:${SAMPLE_ACCOUNT}:order-events`;
const open = { Sid: 'Open', Effect: 'Allow', Principal: '*', Action: 'sns:Publish', Resource: ARN };
const own = { Sid: 'Own', Effect: 'Allow', Principal: { AWS: SAMPLE_ACCOUNT }, Action: 'sns:*', Resource: ARN };
/** What SNS gives a new topic. */
const stock = {
  Sid: '__default_statement_ID',
  Effect: 'Allow',
  Principal: { AWS: '*' },
  Action: [
    'SNS:GetTopicAttributes',
    'SNS:SetTopicAttributes',
    'SNS:AddPermission',
    'SNS:RemovePermission',
    'SNS:DeleteTopic',
    'SNS:Subscribe',
    'SNS:ListSubscriptionsByTopic',
    'SNS:Publish',
  ],
  Resource: ARN,
  Condition: { StringEquals: { 'AWS:SourceOwner': SAMPLE_ACCOUNT } },
};
const text = (...Statement: object[]) => JSON.stringify({ Version: '2008-10-17', Statement });
const policy = (...statements: object[]) => ({ policy: text(...statements) });
const put = (AttributeValue: string) =>
  ['SetTopicAttributes', { TopicArn: ARN, AttributeName: 'Policy', AttributeValue }] as const;

// SNS refuses a policy without statements ("Policy Error: null") and one with a deleted principal; moto takes both.
testControl(control, {
  resourceId: ARN,
  compliant: {
    'what SNS gives a new topic': policy(stock),
    'a service for the own account': policy({
      ...open,
      Condition: { ArnLike: { 'aws:SourceArn': `arn:aws:s3:*:${SAMPLE_ACCOUNT}:*` } },
    }),
    'subscriptions of one mail domain': policy({
      ...open,
      Action: 'sns:Subscribe',
      Condition: { StringLike: { 'sns:Endpoint': '*@example.com' } },
    }),
    'a denial of everybody else': policy(open, {
      ...open,
      Effect: 'Deny',
      Action: 'sns:*',
      Condition: { StringNotEquals: { 'aws:PrincipalOrgID': 'o-example' } },
    }),
  },
  nonCompliant: {
    'one statement beside another': {
      given: policy(open, own),
      plan: [put(text(own))],
      undo: [put(text(open, own))],
      after: policy(own),
      says: 'grants access to everybody: statement "Open".',
      elements: [['statement Open']],
      same: { 'another statement beside it': policy(open, { ...own, Action: 'sns:Publish' }) },
      other: { 'more is open': policy(open, { ...open, Sid: 'Second' }) },
    },
    'the only statement: the owner’s takes its place': {
      given: policy(open),
      plan: [put(text(stock))],
      undo: [put(text(open))],
      after: policy(stock),
    },
    'any organization': {
      given: policy(own, { ...open, Sid: undefined, Condition: { StringLike: { 'aws:PrincipalOrgID': 'o-*' } } }),
      plan: [put(text(own))],
      after: policy(own),
      says: 'statement no. 2',
    },
    'a deleted principal in what stays': {
      given: policy(open, { ...own, Principal: { AWS: 'AIDAEXAMPLEDELETED12' } }),
      plan: [],
      byHand: 'AIDAEXAMPLEDELETED12',
    },
  },
});

testScene(control, scene);
