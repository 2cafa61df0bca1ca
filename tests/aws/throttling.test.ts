import { describe, expect, test } from '@jest/globals';
import { isThrottled } from '../../shared/aws/throttling.ts';
import { UnreadableError } from '../../shared/resource.ts';
import { named } from '../support/fake-resource.ts';

const throttled = named('ThrottlingException', 'Rate exceeded');

describe('AWS is asked too much', () => {
  test.each([
    throttled,
    named('RequestLimitExceeded'),
    named('SlowDown'),
    Object.assign(named('Odd'), { $retryable: { throttling: true } }),
    Object.assign(named('Odd'), { $metadata: { httpStatusCode: 429 } }),
    new UnreadableError('could not read', { cause: throttled }),
  ])('%s', (error) => {
    expect(isThrottled(error)).toBe(true);
  });
  test.each([named('AccessDenied'), named('InternalError'), new UnreadableError('x'), 'ThrottlingException', null])(
    'not: %s',
    (error) => {
      expect(isThrottled(error)).toBe(false);
    },
  );
});
