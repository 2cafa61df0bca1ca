import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { csvOf } from '../../../shared/cli/output/csv.ts';
import { ADMIN_PORTS } from '../../support/drift.ts';
import { anyEntry, entry, UNSAFE } from '../../support/entries.ts';

test('a header, and a line for each entry', () => {
  const [header, line, ...more] = csvOf([entry({}, { name: 'web, "front"' })])
    .trimEnd()
    .split('\n');
  expect(header).toBe(
    'severity,controlId,title,service,outcome,compliance,resourceType,resourceId,name,arn,accountId,region,annotation,error,firstSeen,calls,remediationId',
  );
  expect(line).toMatch(
    new RegExp(`^CRITICAL,${ADMIN_PORTS},[^,]+,ec2,detected,NON_COMPLIANT,AWS::EC2::SecurityGroup,sg-1,`),
  );
  expect(line).toContain(',"web, ""front""",arn:aws:ec2:eu-west-1:111122223333:security-group/sg-1,111122223333,');
  expect(line).toMatch(/,ec2:RevokeSecurityGroupIngress,$/);
  expect(more).toEqual([]);
});

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '＝1'])('%s is no formula to a spreadsheet', (text) => {
  expect(csvOf([entry({}, { name: text })])).toContain(`,'${text},`);
});

/** The cells of lines of CSV without line breaks in cells, quotes taken off. */
const cellsOf = (csv: string) =>
  csv
    .trimEnd()
    .split('\n')
    .map((line) =>
      [...`,${line}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^,"]*))/g)].map(([, quoted, plain]) => quoted ?? plain ?? ''),
    );

test('whatever the text, every line has all its cells, none begins a formula, and none is unsafe', () => {
  fc.assert(
    fc.property(fc.array(anyEntry, { minLength: 1, maxLength: 3 }), (entries) => {
      const csv = csvOf(entries);
      expect(csv).not.toMatch(UNSAFE);
      const lines = cellsOf(csv);
      expect(lines.map(({ length }) => length)).toEqual(Array.from({ length: entries.length + 1 }, () => 17));
      expect(lines.flat().filter((cell) => /^[=+\-@＝＋－＠]/.test(cell))).toEqual([]);
    }),
  );
});
