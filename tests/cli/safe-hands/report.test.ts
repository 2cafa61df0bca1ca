import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { strFromU8, unzipSync } from 'fflate';
import { makeHands, REMEDIATE } from '../../support/cli-fixture.ts';
import { temporaryFolder } from '../../support/command.ts';
import { ADMIN_PORTS, openGroup } from '../../support/drift.ts';

const hands = await makeHands();
const { account, evenkeel } = hands;
const folder = temporaryFolder();
const file = (name: string) => join(folder, name);
let remediationId: string;

beforeAll(async () => {
  const group = await openGroup(account, 'reported');
  remediationId = (await hands.opened(group, REMEDIATE)).remediationId ?? '';
});

test('writes a page that only its owner may read, and says in a line what is in it', async () => {
  const { status, stdout, stderr } = await evenkeel(['report'], { cwd: folder });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(
    /^Wrote evenkeel-report\.html: 0 open findings \(0 CRITICAL or HIGH\), 0 exempt, 1 record since \d{4}-\d\d-\d\d\n$/,
  );
  expect(statSync(file('evenkeel-report.html')).mode & 0o777).toBe(0o600);
  const page = readFileSync(file('evenkeel-report.html'), 'utf8').replaceAll(/<\/?span>/g, '');
  expect(page).toContain(`npx evenkeel undo ${remediationId}`);
  const again = await evenkeel(['report', '--file', '-'], { cwd: folder });
  expect(again.stdout).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/);
});

test('JSON and CSV go to stdout, and nothing else with them', async () => {
  const [json, alias, csv] = [
    await evenkeel(['report', '--output', 'json']),
    await evenkeel(['report', '--json', '--from', '1h']),
    await evenkeel(['report', '--output', 'csv', '--framework', 'cis-v5']),
  ];
  for (const { stdout } of [json, alias])
    expect(JSON.parse(stdout)).toMatchObject({
      account: account.accountId,
      totals: { open: 0, remediated: 1 },
      records: [{ id: remediationId, controlId: ADMIN_PORTS, actor: expect.stringMatching(/\/jo$/), tool: 'CLI' }],
    });
  expect(csv.stdout).toMatch(/^kind,state,[^\n]+\r\nremediation,remediated,CRITICAL,ec2,ec2-security-group-admin/);
});

test('a bundle holds the record, its chain, and the policy in force', async () => {
  const args = ['report', '--framework', 'cis-v5', '--from', '1d', '--bundle', file('evidence.zip')];
  const { status, stdout, stderr } = await evenkeel(args);
  expect(status).toBe(0);
  expect(stdout).toMatch(/^Wrote \S+evidence\.zip: 0 open findings .*\n1 chain, 1 record: intact\n/);
  expect(stderr).toContain('not verified by the logs: ');
  const zip = unzipSync(readFileSync(file('evidence.zip')));
  const text = (name: string) => strFromU8(zip[name] ?? new Uint8Array());
  expect(JSON.parse(text('records.jsonl')).record).toMatchObject({ id: remediationId, after: expect.anything() });
  expect(text('policy.yml')).toContain('recommended');
  const again = await evenkeel(args);
  expect([again.status, again.stderr]).toEqual([
    2,
    expect.stringMatching(/^evenkeel: --bundle \S+: it exists, and is not overwritten; [^\n]+\n$/),
  ]);
});

test.each([
  [['--output', 'pdf'], /'pdf' is invalid\. Allowed choices are html, json, csv\./],
  [['--json', '--output', 'csv'], /--json and --output csv cannot be combined/],
  [['--bundle', 'x.zip', '--file', 'y'], /--bundle and --file cannot be combined/],
  [
    ['--file', 'none/report.html'],
    /--file none\/report\.html: cannot be written: its folder does not exist; create it/,
  ],
  [['--framework', 'cis'], /--framework cis: unknown; did you mean cis-v/],
  [['--from', 'monday'], /--from monday: must be a day/],
])('%j is refused in one line, with status 2', async (args, message) => {
  const { status, stdout, stderr } = await evenkeel(['report', ...args], { cwd: folder });
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^[^\n]+\n$/);
  expect(stderr).toMatch(message);
  expect(existsSync(file('x.zip'))).toBe(false);
});
