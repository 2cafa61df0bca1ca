import { describe, expect, test } from '@jest/globals';
import { parseArn } from '../../shared/aws/arn.ts';

describe('an ARN', () => {
  test('is read in every partition, its resource whole', () => {
    expect(parseArn('arn:aws-cn:rds:cn-north-1:111122223333:db:orders')).toEqual({
      partition: 'aws-cn',
      service: 'rds',
      region: 'cn-north-1',
      accountId: '111122223333',
      resource: 'db:orders',
    });
  });

  test('may name neither region nor account', () => {
    expect(parseArn('arn:aws:s3:::logs')).toMatchObject({ region: '', accountId: '', resource: 'logs' });
  });

  test.each([undefined, null, '', 'orders', 'arn:aws:s3', 'sqs:eu-west-1:111122223333:queue:x:y'])(
    'is not %j',
    (text) => {
      expect(parseArn(text)).toBeNull();
    },
  );
});
