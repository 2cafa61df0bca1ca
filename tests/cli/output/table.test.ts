import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isWrong } from '../../../shared/cli/output/entry.ts';
import { countsOf, groupsOf, inOrder } from '../../../shared/cli/output/table.ts';
import type { Outcome } from '../../../shared/result.ts';
import { ADMIN_PORTS } from '../../support/drift.ts';
import { anyEntry, entry, UNSAFE } from '../../support/entries.ts';

const PLAIN = { withInputs: false };

describe('a report for people', () => {
  test('each control with its resources: what is wrong and what would be done', () => {
    const lines = groupsOf([entry({}, { name: 'web' }), entry({ resourceId: 'sg-22' })], PLAIN);
    expect(lines[0]).toMatch(new RegExp(`^CRITICAL  ${ADMIN_PORTS}  \\S.* \\(2\\)$`));
    expect(lines.slice(1)).toEqual([
      '  ! detected  sg-1   web  eu-west-1',
      '      Open to the world: tcp 22 from 0.0.0.0/0.',
      '      would ec2:RevokeSecurityGroupIngress',
      '  ! detected  sg-22       eu-west-1',
      '      Open to the world: tcp 22 from 0.0.0.0/0.',
      '      would ec2:RevokeSecurityGroupIngress',
      '',
    ]);
  });

  test('wide characters keep the columns under each other', () => {
    const [, first, , , second] = groupsOf(
      [entry({}, { name: '漢字' }), entry({ resourceId: 'sg-2' }, { name: 'ab' })],
      PLAIN,
    );
    expect(first).toBe('  ! detected  sg-1  漢字  eu-west-1');
    expect(second).toBe('  ! detected  sg-2  ab    eu-west-1');
  });

  test('calls with their input, and as made where they were', () => {
    const lines = groupsOf([entry({ outcome: 'remediated', remediationId: 'rem-1' })], { withInputs: true });
    expect(lines).toContain('      ec2:RevokeSecurityGroupIngress {"GroupId":"sg-1"}');
    expect(lines).toContain('      rem-1');
  });

  test('an error without the names that programs have for it', () => {
    const error = 'UnreadableError: could not read groups (AccessDeniedException: not authorized)';
    expect(groupsOf([entry({ outcome: 'failed', error })], PLAIN)).toContain(
      '      could not read groups (not authorized)',
    );
  });

  test('the most severe first, what no control is about last', () => {
    const unlisted = entry({ controlId: null, severity: null, resourceId: null });
    const low = entry({ controlId: 'logs-log-group-retention-set', severity: 'LOW' });
    const sorted = inOrder([unlisted, low, entry({ region: 'us-east-1' }), entry()]);
    expect(sorted.map(({ result }) => `${result.severity} ${result.region}`)).toEqual([
      'CRITICAL eu-west-1',
      'CRITICAL us-east-1',
      'LOW eu-west-1',
      'null eu-west-1',
    ]);
    expect(groupsOf([unlisted], PLAIN)[0]).toBe('Not evaluated');
  });

  test('counts by service and severity, and of all outcomes', () => {
    const wrong = [
      entry(),
      entry({ resourceId: 'sg-2' }),
      entry({ controlId: 's3-bucket-encrypted', severity: 'MEDIUM' }),
    ];
    const lines = countsOf(
      wrong,
      new Map<Outcome, number>([
        ['compliant', 7],
        ['detected', 3],
      ]),
    );
    expect(lines.map((line) => line.replaceAll(/[│ ]+/g, ' ').trim())).toEqual([
      expect.stringMatching(/^┌/),
      'service CRITICAL MEDIUM all',
      expect.stringMatching(/^├/),
      'ec2 2 · 2',
      's3 · 1 1',
      'all 2 1 3',
      expect.stringMatching(/^└/),
      '',
      '3 detected, 7 compliant',
    ]);
  });

  test('where nothing is wrong there is no table', () => {
    expect(countsOf([], new Map([['compliant', 2]]))).toEqual(['2 compliant']);
  });
});

test('whatever the text, it stays on its line and is safe to show', () => {
  fc.assert(
    fc.property(fc.array(anyEntry, { maxLength: 4 }), fc.boolean(), (entries, withInputs) => {
      const tally = new Map(entries.map(({ result }) => [result.outcome, 1]));
      const lines = [...groupsOf(entries, { withInputs }), ...countsOf(entries.filter(isWrong), tally)];
      expect(lines.join('')).not.toMatch(UNSAFE);
      expect(lines.filter((line) => line.includes('\n'))).toEqual([]);
    }),
  );
});
