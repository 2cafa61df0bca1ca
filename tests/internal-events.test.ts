import { expect, test } from '@jest/globals';
import { changesIn } from '../shared/engine/intake/parse-event.ts';
import { INTERNAL_SOURCE, recheck } from '../shared/internal-events.ts';

const REF = { resourceType: 'AWS::S3::Bucket', resourceId: 'b', accountId: '111122223333', region: 'eu-west-1' };

test('a recheck goes to its service and names a resource, which intake reads out of it', () => {
  const { service, detailType, detail } = recheck('s3', REF);
  expect(service).toBe('s3');
  const envelope = { source: INTERNAL_SOURCE, 'detail-type': detailType, detail };
  expect(changesIn(envelope)).toMatchObject([{ kind: 'recheck', resource: REF }]);
});

test('a recheck waits until its time, where it has one', () => {
  expect(recheck('s3', REF, 17)).toMatchObject({ notBefore: 17 });
  expect(recheck('s3', REF)).not.toHaveProperty('notBefore');
});
