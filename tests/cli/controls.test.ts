import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { controls } from '../../shared/controls/index.ts';
import { detections } from '../../shared/detections/index.ts';
import { wireTo } from '../support/aws-proxy.ts';
import { evenkeelAs, linesOf, temporaryFolder } from '../support/command.ts';
import { ADMIN_PORTS } from '../support/drift.ts';
import { REGION } from '../support/samples.ts';

// No endpoint and no credentials: the subcommand asks AWS nothing.
const cwd = temporaryFolder();
const wire = await wireTo('http://127.0.0.1:9');
const evenkeel = evenkeelAs({ AWS_EC2_METADATA_DISABLED: 'true' });
const DETECTION = detections[0]?.id ?? '';

async function rows(policy: string, ...flags: readonly string[]) {
  writeFileSync(join(cwd, 'p.yml'), policy);
  const { status, stdout } = await evenkeel(['controls', '--json', '--policy', 'p.yml', ...flags], { cwd });
  expect(status).toBe(0);
  return new Map<string, Record<string, unknown>>(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
      .map((row) => [row.controlId, row]),
  );
}

test('every control and detection has a row with the same keys', async () => {
  const all = await rows('');
  expect([...all.keys()]).toEqual([...controls, ...detections].map(({ id }) => id));
  for (const row of all.values())
    expect(Object.keys(row)).toEqual([
      'controlId',
      'title',
      'severity',
      'service',
      'resourceType',
      'mode',
      'why',
      'matches',
      'recommendedMode',
      'impact',
      'parameters',
      'securityControlIds',
      'relatedRequirements',
    ]);
});

test('an empty policy detects, --no-policy recommends, and the policy that holds is named first', async () => {
  expect(new Set([...(await rows('')).values()].map(({ mode }) => mode))).toEqual(new Set(['detect']));
  const { stdout, stderr } = await evenkeel(['controls', '--json', '--no-policy'], { cwd });
  for (const line of stdout.trimEnd().split('\n')) {
    const { mode, recommendedMode } = JSON.parse(line);
    expect(mode).toBe(recommendedMode);
  }
  expect(stderr).toBe('evenkeel: no region; --no-policy: recommended modes; read-only\n');
});

test('the mode that holds, why, and the parameters are those of the policy; AWS is asked nothing', async () => {
  const credentials = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
  const withCredentials = evenkeelAs({ ...credentials, AWS_REGION: REGION, AWS_ENDPOINT_URL: wire.endpoint });
  writeFileSync(
    join(cwd, 'some.yml'),
    `defaults: { mode: detect }\ncontrols: { ${ADMIN_PORTS}: { mode: remediate, parameters: { ports: [22] } } }\n`,
  );
  const finished = await withCredentials(['controls', '--json', '--policy', 'some.yml'], { cwd });
  expect(finished).toMatchObject({
    status: 0,
    stderr: `evenkeel: region ${REGION}; policy some.yml; read-only\n`,
  });
  const lines = linesOf(finished);
  expect(lines.map(({ controlId }) => controlId)).toEqual([...controls, ...detections].map(({ id }) => id));
  const line = (id: string) => lines.find(({ controlId }) => controlId === id);
  expect(line(ADMIN_PORTS)).toMatchObject({
    mode: 'remediate',
    why: `policy.yml sets ${ADMIN_PORTS} to remediate`,
    recommendedMode: 'remediate',
    parameters: { ports: [22], widestIpv4: 8 },
  });
  expect(line('s3-bucket-public-access-blocked')).toMatchObject({ mode: 'detect' });
  expect(line(DETECTION)).toMatchObject({
    mode: 'detect',
    resourceType: 'AWS::::Account',
    impact: 'none',
    parameters: {},
  });
  expect(wire.take()).toEqual([]);
});

test('a detection is never more than detected, wherever the policy says so', async () => {
  const all = await rows(`defaults: { mode: remediate }
matches:
  - { region: eu-west-1, mode: remediate }
  - { region: eu-north-1, controls: [${ADMIN_PORTS}], mode: approve }
`);
  expect(all.get(DETECTION)).toMatchObject({ mode: 'detect', impact: 'none', matches: [{ mode: 'detect' }] });
  expect(all.get(ADMIN_PORTS)).toMatchObject({
    mode: 'remediate',
    matches: [
      { mode: 'remediate', where: 'the region is eu-west-1' },
      { mode: 'approve', where: 'the region is eu-north-1' },
    ],
  });
});

test('for people: mode, severity, id, and below it the title, the reason and where another mode holds', async () => {
  writeFileSync(
    join(cwd, 'w.yml'),
    `controls: { ${ADMIN_PORTS}: { mode: remediate } }\nmatches: [{ region: us-*, controls: [${ADMIN_PORTS}], mode: "off" }]\n`,
  );
  const { stdout } = await evenkeel(['controls', '--policy', 'w.yml'], { cwd });
  const title = controls.find(({ id }) => id === ADMIN_PORTS)?.title;
  const indent = ' '.repeat(21);
  expect(stdout).toContain(
    `remediate  CRITICAL  ${ADMIN_PORTS}\n${indent}${title}\n${indent}policy.yml sets ${ADMIN_PORTS} to remediate\n${indent}off where the region is us-*\n`,
  );
});

test('one of them is shown with its texts; a pattern shows several, an unknown id none', async () => {
  const control = controls.find(({ id }) => id === ADMIN_PORTS);
  const { stdout } = await evenkeel(['controls', ADMIN_PORTS, '--no-policy'], { cwd });
  for (const text of [control?.description, control?.rationale, control?.guidance, 'Parameter ports: [22,3389]'])
    expect(stdout).toContain(text);
  expect(stdout).toMatch(/Required by: Security Hub EC2\.13, .*CIS AWS Foundations Benchmark v5\.0\.0 5\.3, 5\.4/);
  expect(stdout.match(/^\S/gm)).toHaveLength(1);
  expect([...(await rows('', 's3-*')).keys()]).toEqual(
    controls.map(({ id }) => id).filter((id) => id.startsWith('s3-')),
  );
  expect([...(await rows('', DETECTION)).keys()]).toEqual([DETECTION]);
  expect([...(await rows('', 'ec2-security-group-admin')).keys()]).toEqual([ADMIN_PORTS]);
  expect(await evenkeel(['controls', `${ADMIN_PORTS}s`], { cwd })).toEqual({
    status: 2,
    stdout: '',
    stderr: `evenkeel: ${ADMIN_PORTS}s: unknown control; did you mean ${ADMIN_PORTS}? npx evenkeel controls lists them\n`,
  });
});

test('filters narrow the list; what they leave nothing of is said', async () => {
  const high = [...(await rows('', '--severity', 'high', '--service', 's3')).values()];
  expect(high.length).toBeGreaterThan(0);
  for (const row of high) expect([row.service, row.severity]).toEqual(['s3', expect.stringMatching(/HIGH|CRITICAL/)]);
  const none = await evenkeel(['controls', DETECTION, '--service', 's3', '--no-policy'], { cwd });
  expect(none).toMatchObject({
    status: 0,
    stdout: '',
    stderr: expect.stringContaining('no control or detection is left'),
  });
  expect(await evenkeel(['controls', '--severity', 'worst'], { cwd })).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('Allowed are INFORMATIONAL, LOW, MEDIUM, HIGH, CRITICAL'),
  });
});

test('a policy for a framework is written once, and holds for the next run', async () => {
  const file = join(cwd, 'cis.yml');
  const write = ['controls', '--framework', 'cis-v5', '--write-policy', 'cis.yml'];
  expect(await evenkeel(write, { cwd })).toMatchObject({ status: 0, stdout: '' });
  const written = readFileSync(file, 'utf8');
  const on = [...(await rows(written)).values()].filter(({ mode }) => mode !== 'off').map(({ controlId }) => controlId);
  expect(on).toEqual([...(await rows('', '--framework', 'cis-v5')).keys()]);
  expect(on).toContain(ADMIN_PORTS);
  expect(await evenkeel(write, { cwd })).toMatchObject({ status: 2, stderr: expect.stringContaining('it exists') });
  expect(readFileSync(file, 'utf8')).toBe(written);
  expect(await evenkeel(['controls', '--write-policy', 'all.yml'], { cwd })).toMatchObject({
    status: 2,
    stderr: 'evenkeel: --write-policy: give --framework too\n',
  });
  const none = ['controls', DETECTION, '--service', 's3', '--framework', 'cis-v5', '--write-policy', 'none.yml'];
  expect(await evenkeel(none, { cwd })).toMatchObject({
    status: 2,
    stderr: 'evenkeel: --write-policy none.yml: no control is left by these filters\n',
  });
  expect(readdirSync(cwd).filter((name) => ['all.yml', 'none.yml'].includes(name))).toEqual([]);
});
