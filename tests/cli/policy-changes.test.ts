import { describe, expect, test } from '@jest/globals';
import { controlChanges, settingChanges } from '../../shared/cli/policy-changes.ts';
import { effectOf, inWords } from '../../shared/cli/policy-command.ts';
import type { PolicyDocument } from '../../shared/policy/policy.ts';
import { policyFrom } from '../../shared/policy/settings.ts';
import { ADMIN_PORTS } from '../support/drift.ts';
import { entry } from '../support/entries.ts';

const changes = (from: PolicyDocument, to: PolicyDocument) => controlChanges(policyFrom(from), policyFrom(to));
const REVOKES = 'ec2:RevokeSecurityGroupIngress';

describe('what another policy changes', () => {
  test('the same says the same', () => {
    expect(changes({}, { defaults: { mode: 'detect' } })).toEqual([]);
  });

  test('a mode, and the permissions that the roles gain by it', () => {
    const [change, ...more] = changes({}, { controls: { [ADMIN_PORTS]: { mode: 'remediate' } } });
    expect(more).toEqual([]);
    expect(change).toMatchObject({ controlId: ADMIN_PORTS, from: 'detect', to: 'remediate', parameters: null });
    expect(change?.permissions).toContain(REVOKES);
  });

  test('what another control is granted already is no gain, and switching off gains nothing', () => {
    const other = { 'ec2-security-group-high-risk-ports-restricted': { mode: 'remediate' } } as const;
    const [change] = changes({ controls: other }, { controls: { ...other, [ADMIN_PORTS]: { mode: 'approve' } } });
    expect(change).toMatchObject({ controlId: ADMIN_PORTS, to: 'approve' });
    expect(change?.permissions).not.toContain(REVOKES);
    expect(changes({}, { controls: { [ADMIN_PORTS]: { mode: 'off' } } })).toMatchObject([
      { to: 'off', permissions: [] },
    ]);
  });

  test('a rule under matches, and parameters', () => {
    const matches = [{ region: 'eu-*', controls: [ADMIN_PORTS], mode: 'remediate' }] as const;
    expect(changes({}, { matches })).toMatchObject([
      { from: 'detect', to: 'detect', highest: { from: 'detect', to: 'remediate' } },
    ]);
    const ports = { controls: { [ADMIN_PORTS]: { parameters: { ports: [22] } } } };
    expect(changes({}, ports)).toMatchObject([{ parameters: { to: { ports: [22] } } }]);
  });

  test('a detection never does more than detect', () => {
    const off = { controls: { 'iam-root-user-unused': { mode: 'off' } } } as const;
    const remediate = { controls: { 'iam-root-user-unused': { mode: 'remediate' } } } as const;
    expect(changes(off, remediate)).toMatchObject([{ from: 'off', to: 'detect', permissions: [] }]);
  });

  test('the other settings, each with where it stands', () => {
    const limits = { remediationsPerHour: 5 };
    expect(settingChanges({ defaults: { mode: 'off' } }, { limits })).toEqual([
      { setting: 'limits', from: null, to: limits },
    ]);
    expect(settingChanges({ limits }, { limits: { remediationsPerHour: 9 } })).toEqual([
      { setting: 'limits.remediationsPerHour', from: 5, to: 9 },
    ]);
  });
});

describe('what it would do now', () => {
  const [change] = changes({}, { controls: { [ADMIN_PORTS]: { mode: 'remediate' } } });
  const effect = effectOf(ADMIN_PORTS, [
    entry().result,
    entry({ resourceId: 'sg-2' }).result,
    entry({ outcome: 'compliant', before: 'COMPLIANT', steps: [] }).result,
    entry({ controlId: 's3-bucket-encrypted' }).result,
    entry({ controlId: null, outcome: 'failed', before: null, error: 'could not list' }).result,
  ]);

  test('its findings and calls; what could not be listed may be one', () => {
    expect(effect).toEqual({ findings: 2, calls: { [REVOKES]: 2 }, failed: ['could not list'] });
  });

  test.each([
    ['remediate', `2 findings now; it would call 2 × ${REVOKES}`],
    ['approve', `2 findings now; it would ask for approval of 2 × ${REVOKES}`],
    ['detect', '2 findings now, only notified'],
  ] as const)('in mode %s', (to, says) => {
    if (change === undefined) throw new Error('nothing changes');
    const words = inWords({ ...change, to, highest: { from: 'detect', to } }, effect);
    expect(words.split('\n').map((line) => line.trim())).toContain(says);
  });

  test('what a person has to do, and nothing', () => {
    if (change === undefined) throw new Error('nothing changes');
    expect(inWords(change, { findings: 1, calls: {}, failed: [] })).toContain(
      '1 finding now, none of which can be remediated',
    );
    expect(inWords(change, { findings: 0, calls: {}, failed: [] })).toContain('\n    0 findings now\n');
  });
});
