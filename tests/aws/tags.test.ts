import { expect, test } from '@jest/globals';
import { tagsByKey } from '../../shared/aws/tags.ts';

test('tags are kept by their keys; one without a value has an empty one', () => {
  expect(tagsByKey([{ Key: 'team', Value: 'data' }, { Key: 'keep' }])).toEqual({ team: 'data', keep: '' });
  expect(tagsByKey([])).toEqual({});
});
