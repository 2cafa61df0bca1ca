import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { entryOf, fitsFilters } from '../../shared/cli/findings.ts';
import { controls } from '../../shared/controls/index.ts';
import { NEW_RESOURCE, resourceKey } from '../../shared/ledger/ledger.ts';
import { sqliteStore } from '../../shared/ledger/sqlite.ts';
import { ledgerIn } from '../../shared/ledger/stored-ledger.ts';
import { evenkeelAs, type Finished, temporaryFolder } from '../support/command.ts';
import { ADMIN_PORTS } from '../support/drift.ts';
import { change, findingOf, REF } from '../support/ledger-fixtures.ts';
import { RESULT_KEYS } from '../support/result-keys.ts';
import { testAccount } from '../support/sandbox.ts';

const KEY = resourceKey('ec2', REF);
const ARN = `arn:aws:ec2:${REF.region}:${REF.accountId}:security-group/${REF.resourceId}`;
const account = await testAccount();
const file = join(temporaryFolder(), 'ledger.sqlite');
const evenkeel = evenkeelAs({ ...account.env, EVENKEEL_LEDGER: file });
const ledger = ledgerIn(sqliteStore(file));
const ref = { ...REF, accountId: account.accountId };
await change(ledger, resourceKey('ec2', ref), {
  findings: {
    [ADMIN_PORTS]: findingOf(ADMIN_PORTS, { severity: 'CRITICAL', outcome: 'awaitingApproval' }),
    other: findingOf('ec2-security-group-open-ports-authorized', { outcome: 'exempted' }),
  },
  open: [{ id: 'rem-7', controlId: ADMIN_PORTS, status: 'awaitingApproval' }],
});
const lines = ({ stdout }: Finished) =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
const NONE = { control: [], resource: [] };

describe('an open finding', () => {
  const of = (outcome: 'awaitingApproval' | 'blocked', more: Partial<typeof NEW_RESOURCE> = {}) =>
    entryOf(
      KEY,
      { ...NEW_RESOURCE, arn: ARN, ...more },
      findingOf(ADMIN_PORTS, {
        outcome,
        blocked: outcome === 'blocked' ? { by: 'x', facets: 'f', version: 'v', recordId: 'rem-2' } : null,
      }),
    );

  test('names the record that a person may decide about', () => {
    const open = [
      { id: 'rem-0', controlId: 'another', status: 'awaitingApproval' },
      { id: 'rem-1', controlId: ADMIN_PORTS, status: 'awaitingApproval' },
    ] as const;
    expect(of('awaitingApproval', { open }).result.remediationId).toBe('rem-1');
    expect(of('blocked').result.remediationId).toBe('rem-2');
    expect(of('awaitingApproval').result.remediationId).toBeNull();
  });

  test('of a control is non-compliant; of a detection nothing is', () => {
    expect(of('blocked').result).toMatchObject({ ...REF, before: 'NON_COMPLIANT', after: 'NON_COMPLIANT' });
    const seen = entryOf(KEY, NEW_RESOURCE, findingOf('iam-root-user-unused'));
    expect(seen).toMatchObject({ result: { before: null, after: null } });
  });

  test('has its ARN, also where the ledger does not hold it', () => {
    const arnOf = (id: string, arn = '') => entryOf(KEY, { ...NEW_RESOURCE, arn }, findingOf(id)).arn;
    expect(arnOf(ADMIN_PORTS)).toBe(ARN);
    for (const { id } of controls) expect(arnOf(id)).toMatch(/./);
    expect(arnOf('iam-root-user-unused')).toBe(`arn:aws:iam::${REF.accountId}:root`);
    expect([arnOf('of-another-version', 'arn:x'), arnOf('of-another-version')]).toEqual(['arn:x', null]);
    expect(fitsFilters(of('blocked', { arn: '' }), { ...NONE, resource: [ARN] })).toBe(true);
  });

  test.each([
    [{}, true],
    [{ control: ['ec2-*'] }, true],
    [{ control: ['s3-*'] }, false],
    [{ severity: 'HIGH' }, true],
    [{ severity: 'CRITICAL' }, false],
    [{ service: 'ec2' }, true],
    [{ service: 's3' }, false],
    [{ region: REF.region }, true],
    [{ region: 'us-east-1' }, false],
    [{ resource: [REF.resourceId] }, true],
    [{ resource: ['nothing', `*:security-group/*`] }, true],
    [{ resource: ['sg-1'] }, false],
    [{ service: 'ec2', resource: ['sg-1'] }, false],
  ] as const)('%j lets it through: %s', (filters, isLet) => {
    expect(fitsFilters(of('blocked'), { ...NONE, ...filters })).toBe(isLet);
  });
});

describe('the command', () => {
  test('for people: what is open, since when, and what to do', async () => {
    const { status, stdout } = await evenkeel(['findings']);
    expect(status).toBe(0);
    expect(stdout).toContain(`? awaitingApproval  ${REF.resourceId}  ${REF.region}  since 2026-01-01\n`);
    expect(stdout).not.toContain('exempted  sg-');
    expect(stdout).toMatch(/\n1 awaitingApproval, 1 exempted\n\nNext: npx evenkeel approve rem-7\n$/);
  });

  test('in JSON: the keys of a result, and since when', async () => {
    const finished = await evenkeel(['findings', '--json', '--control', ADMIN_PORTS, '--exit-code']);
    expect(finished.status).toBe(3);
    const [line, ...more] = lines(finished);
    expect(more).toEqual([]);
    expect(Object.keys(line).sort()).toEqual([...RESULT_KEYS, 'arn', 'firstSeen', 'lastSeen'].sort());
    expect(line).toMatchObject({ remediationId: 'rem-7', firstSeen: '2026-01-01T00:00:00.000Z' });
  });

  test('since when it is open narrows the list', async () => {
    const since = async (when: string) => (await evenkeel(['findings', '--json', '--since', when])).stdout;
    expect(lines(await evenkeel(['findings', '--json', '--since', '2026-01-01T00:00:00.000Z']))).not.toEqual([]);
    expect(await since('2026-01-02')).toBe('');
    expect(await evenkeel(['findings', '--since', 'soon'])).toMatchObject({
      status: 2,
      stderr: 'evenkeel: --since soon: must be a day (2026-11-01) or a duration before now (12h, 30d)\n',
    });
  });

  test('a tag that cannot be read leaves the finding out, and nothing is open where nothing fits', async () => {
    const { status, stdout } = await evenkeel(['findings', '--tag', 'env', '--exit-code']);
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: expect.stringMatching(/^No open findings fit --tag env; a tag is KEY or KEY=VALUE/),
    });
  });
});
