import { expect, test } from '@jest/globals';
import { answerParts } from '../../shared/aws/answer-parts.ts';
import { onEverything, type ResourceRef } from '../../shared/resource.ts';

const grants = onEverything('box:DescribeBox');
const parts = answerParts(grants, async (_aws, { resourceId }) => ({ id: resourceId, open: true }), {
  lid: ({ open }) => ({ open }),
  label: ({ id }) => id,
});
const ref: ResourceRef = { resourceType: 'AWS::Box::Box', resourceId: 'b-1', accountId: '', region: '' };
const nobody = () => {
  throw new Error('no client was expected');
};

test('each part is a facet, with the grants of the call that all come with', async () => {
  expect(await parts.facets.lid.read(nobody, ref)).toEqual({ open: true });
  expect(await parts.facets.label.read(nobody, ref)).toBe('b-1');
  expect(parts.facets.lid.grants).toBe(grants);
});

test('an answer that is there holds them all, by the names of the facets', () => {
  expect(parts.of({ id: 'b-2', open: false })).toEqual({ lid: { open: false }, label: 'b-2' });
  expect(parts.names).toEqual(['lid', 'label']);
});
