import { expect, test } from '@jest/globals';
import { listingRefusal } from '../../shared/aws/listing-refusals.ts';

const TYPE = 'AWS::SQS::Queue';
const errorOf = (name: string, message = '', rest: object = {}) => Object.assign(new Error(message), { name, ...rest });
const answered = (httpStatusCode: number) => ({ $metadata: { httpStatusCode } });

test.each<[string, Error, RegExp]>([
  [
    'a permission that is missing',
    errorOf(
      'AccessDenied',
      'x is not authorized to perform: sqs:ListQueues because no identity-based policy allows it',
    ),
    /no permission for sqs:ListQueues$/,
  ],
  [
    'access that nobody explains',
    errorOf('AccessDeniedException'),
    /no permission for the listing of AWS::SQS::Queue$/,
  ],
  ['a service without a subscription', errorOf('SubscriptionRequiredException'), /not subscribed/],
  ['a region that was not opted in to', errorOf('OptInRequired'), /not subscribed/],
  ['a region that is not enabled', errorOf('UnrecognizedClientException'), /region is not enabled/],
  ['a host that does not exist', errorOf('Error', 'getaddrinfo', { code: 'ENOTFOUND' }), /does not have the service/],
  [
    'what AWS does not do there',
    errorOf('InvalidAction', 'Not here.', answered(400)),
    /^AWS: InvalidAction: Not here\.$/,
  ],
])('%s: who refuses', (_what, error, by) => {
  expect(listingRefusal(error, TYPE)).toEqual({
    by: expect.stringMatching(by),
    remedy: expect.stringMatching(/^\p{Ll}/u),
  });
});

test.each<[string, unknown]>([
  ['throttling', errorOf('ThrottlingException', '', answered(400))],
  ['an error of the service', errorOf('InternalFailure', '', answered(500))],
  ['a time-out', errorOf('TimeoutError')],
  ['a name server that does not answer', errorOf('Error', '', { code: 'EAI_AGAIN' })],
  ['credentials that have expired', errorOf('ExpiredTokenException', '', answered(400))],
  ['a name that every object has', errorOf('constructor')],
  ['what is no error', 'AccessDenied'],
])('%s passes', (_what, error) => {
  expect(listingRefusal(error, TYPE)).toBeNull();
});
