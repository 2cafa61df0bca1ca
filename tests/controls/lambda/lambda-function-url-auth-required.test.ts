import scene from '../../../scenes/lambda/lambda-function-url-auth-required.ts';
import control from '../../../shared/controls/lambda/lambda-function-url-auth-required.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const NAME = 'webhook';
const open = { qualifier: null, AuthType: 'NONE' as const };
const signed = { qualifier: null, AuthType: 'AWS_IAM' as const };
const put = (AuthType: string, more = {}) =>
  ['UpdateFunctionUrlConfig', { FunctionName: NAME, ...more, AuthType }] as const;

testControl(control, {
  resourceId: NAME,
  compliant: { 'no URL': { urls: [] }, 'signed requests': { urls: [signed] } },
  nonCompliant: {
    'the URL of the function': {
      given: { urls: [open] },
      plan: [put('AWS_IAM')],
      undo: [put('NONE')],
      after: { urls: [signed] },
      says: 'The URL of the function requires no authentication.',
    },
    'the URL of an alias': {
      given: { urls: [signed, { ...open, qualifier: 'live' }] },
      plan: [put('AWS_IAM', { Qualifier: 'live' })],
      undo: [put('NONE', { Qualifier: 'live' })],
      after: { urls: [signed, { ...signed, qualifier: 'live' }] },
      says: 'its alias live',
      other: { 'that of the function too': { urls: [open, { ...open, qualifier: 'live' }] } },
    },
  },
});

testScene(control, scene);
