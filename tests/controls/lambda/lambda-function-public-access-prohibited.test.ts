import scene from '../../../scenes/lambda/lambda-function-public-access-prohibited.ts';
import control from '../../../shared/controls/lambda/lambda-function-public-access-prohibited.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const NAME = 'resize-images';
const ARN = `arn:aws:lambda:eu-west-1:111122223333:function:${NAME}`;
const open = {
  Sid: 'Open',
  Effect: 'Allow',
  Principal: '*' as unknown,
  Action: 'lambda:InvokeFunction',
  Resource: ARN,
};
const uploads = {
  ...open,
  Sid: 'Uploads',
  Principal: { Service: 's3.amazonaws.com' },
  Condition: { StringEquals: { 'AWS:SourceAccount': '111122223333' } },
};
const url = {
  ...open,
  Sid: 'FunctionURLAllowPublicAccess',
  Action: 'lambda:InvokeFunctionUrl',
  Condition: { StringEquals: { 'lambda:FunctionUrlAuthType': 'NONE' } },
};
const policy = (qualifier: string | null, ...Statement: object[]) => ({
  qualifier,
  text: JSON.stringify({ Version: '2012-10-17', Id: 'default', Statement }),
});
const policies = (...found: ReturnType<typeof policy>[]) => ({ policies: found });
const remove = (StatementId: string, more = {}) =>
  ['RemovePermission', { FunctionName: NAME, ...more, StatementId }] as const;
const add = (permission: object) =>
  ['AddPermission', { FunctionName: NAME, Action: 'lambda:InvokeFunction', ...permission }] as const;

// A version and an alias have policies of their own; moto has one for all of them.
testControl(control, {
  resourceId: NAME,
  compliant: {
    'no policy': policies(),
    'buckets of the account': policies(policy(null, uploads)),
    'a public URL, which is judged by itself': policies(policy(null, url, uploads)),
  },
  nonCompliant: {
    'one statement beside another': {
      given: policies(policy(null, uploads, open)),
      plan: [remove('Open')],
      undo: [add({ StatementId: 'Open', Principal: '*' })],
      after: policies(policy(null, uploads)),
      says: 'The function policy grants access to everybody: statement "Open".',
      elements: [['statement Open']],
      other: { 'the alias is open too': policies(policy(null, uploads, open), policy('live', open)) },
    },
    'the policies of an alias and a version': {
      given: policies(policy(null, uploads), policy('3', { ...open, Principal: { AWS: '*' } }), policy('live', open)),
      plan: [remove('Open', { Qualifier: '3' }), remove('Open', { Qualifier: 'live' })],
      undo: [
        add({ Qualifier: '3', StatementId: 'Open', Principal: '*' }),
        add({ Qualifier: 'live', StatementId: 'Open', Principal: '*' }),
      ],
      after: policies(policy(null, uploads)),
      says: "The policy of the function's 3 grants access to everybody",
      elements: [['statement Open of 3'], ['statement Open of live']],
    },
    "everybody's buckets": {
      given: policies(policy(null, { ...uploads, Condition: undefined })),
      plan: [remove('Uploads')],
      undo: [add({ StatementId: 'Uploads', Principal: 's3.amazonaws.com' })],
      after: policies(),
    },
    'a URL for whichever account': {
      given: policies(
        policy(null, { ...url, Condition: { StringEquals: { 'lambda:FunctionUrlAuthType': 'AWS_IAM' } } }),
      ),
      plan: [remove('FunctionURLAllowPublicAccess')],
      undo: [
        [
          'AddPermission',
          {
            FunctionName: NAME,
            StatementId: 'FunctionURLAllowPublicAccess',
            Action: 'lambda:InvokeFunctionUrl',
            Principal: '*',
            FunctionUrlAuthType: 'AWS_IAM',
          },
        ],
      ],
      after: policies(),
    },
    'a statement that could not be put back': {
      given: policies(policy(null, open, { ...open, Sid: 'Two', Condition: { StringLike: { 'aws:SourceArn': '*' } } })),
      plan: [],
      byHand: 'could not be put back',
    },
  },
});

testScene(control, scene);
