import { expect, test } from '@jest/globals';
import { headline } from '../../shared/cli/undo.ts';
import { exemptionOf, remediationOf } from '../support/ledger-fixtures.ts';

const undone = {
  record: remediationOf('rem-1'),
  calls: [],
  exemptions: [exemptionOf('ex-1')],
  undoId: 'rem-2',
  isPending: false,
};
const said = (rest: Partial<typeof undone> | { undoId: null }) =>
  headline({ ...undone, ...rest }, '2027-01-31', '2026-11-22T12:01:00.000Z');
const UNTIL = 'Exempt from every control until 2027-01-31 (ex-1):';

test.each([
  ['that was not made', { undoId: null }, 'Would undo rem-1:'],
  ['that is verified', {}, `Undid rem-1 (rem-2). ${UNTIL}`],
  [
    'that AWS is at work on',
    { isPending: true },
    `Undo of rem-1 (rem-2) is pending: AWS is still applying it, next recheck at 2026-11-22T12:01:00.000Z. ${UNTIL}`,
  ],
])('an undo %s says so', (_name, rest, sentence) => {
  expect(said(rest)).toBe(sentence);
});
