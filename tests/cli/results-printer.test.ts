import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { EXIT } from '../../shared/cli/errors.ts';
import { resultsPrinter } from '../../shared/cli/results-printer.ts';
import { OUTCOMES, type Outcome, resultWithoutResource } from '../../shared/result.ts';
import { saidBy } from '../support/capture-output.ts';

const result = (outcome: Outcome) => ({
  ...resultWithoutResource({ eventId: 'e-1', eventName: 'OpenLid' }, { outcome, controlId: 'c' }),
  steps: [{ service: 'ec2', operation: 'Revoke', input: {} }],
});

/** The exit status after these outcomes, and what was written. */
async function after(outcomes: readonly Outcome[], { json = false, exitCode = true } = {}) {
  let status = -1;
  const { said } = await saidBy(async () => {
    const report = resultsPrinter(json, exitCode);
    for (const outcome of outcomes) report.add(result(outcome));
    status = report.finish();
  });
  return { status, said };
}

const LEFT: readonly Outcome[] = ['detected', 'awaitingApproval', 'pending', 'halted', 'blocked'];

test('with --exit-code, all that leaves drift is told by the exit status; failed always is', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...OUTCOMES), { maxLength: 5 }), fc.boolean(), async (of, exitCode) => {
      const left = exitCode && of.some((outcome) => LEFT.includes(outcome));
      const expected = of.includes('failed') ? EXIT.failed : left ? EXIT.driftLeft : EXIT.done;
      expect((await after(of, { exitCode, json: true })).status).toBe(expected);
    }),
  );
});

test.each(OUTCOMES)('%s is counted, and says whether its calls were made', async (outcome) => {
  const { said } = await after([outcome]);
  expect(said).toContain(`1 ${outcome}`);
  const wasTried = ['remediated', 'pending', 'blocked', 'failed'].includes(outcome);
  expect(said).toContain(wasTried ? '    ec2:Revoke' : '    would ec2:Revoke');
});
