import { expect, test } from '@jest/globals';
import { targetOf } from '../../../../shared/engine/reconcile/gates/gate.ts';
import { boxScene } from '../../../support/box-run.ts';
import { lidClosed, locked } from '../../../support/fake-resource.ts';

test('exemptions are asked about the control, and the resource by ARN and by id', async () => {
  const run = await boxScene().run([lidClosed, locked]);
  expect(targetOf(run, locked)).toEqual({
    controlId: locked.id,
    arn: 'arn:aws:box:::box-1',
    resourceId: 'box-1',
  });
});
