import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { evenkeelAs, type Finished, temporaryFolder } from '../support/command.ts';

const folder = temporaryFolder();
const evenkeel = evenkeelAs({ AWS_REGION: 'eu-west-1' });
let files = 0;
function controls(policy: string, ...flags: string[]): Promise<Finished> {
  files += 1;
  const file = join(folder, `policy-${files}.yml`);
  writeFileSync(file, policy);
  return evenkeel(['controls', '--policy', file, ...flags]);
}
const dayFrom = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

const POLICY = `defaults: { mode: detect }
controls:
  ec2-security-group-admin-ports-restricted: { mode: remediate, parameters: { ports: [22] } }
  s3-bucket-encrypted: { mode: "off" }
matches:
  - { account: "111122223333", mode: detect }
  - { region: us-*, controls: [s3-bucket-encrypted], mode: remediate }
  - { tags: { env: prod }, resource: "arn:aws:s3:::www.*", controls: [s3-bucket-tls-required], mode: approve }
  - { region: eu-north-1, controls: [ec2-instance-imdsv2-required, iam-root-user-unused], mode: recommended }
owners: { tags: { team: platform }, infrastructureAsCode: detect }
limits: { approval: { within: 12h }, flap: { times: 5, within: 2h }, remediationsPerHour: 20 }
`;

test('says what holds for each control and why, and where another mode does', async () => {
  const [json, words] = await Promise.all([controls(POLICY, '--json'), controls(POLICY)]);
  expect(json).toMatchObject({ status: 0, stderr: expect.stringMatching(/^evenkeel: [^\n]+; read-only\n$/) });
  const rows = new Map(
    json.stdout
      .trimEnd()
      .split('\n')
      .map((line) => [JSON.parse(line).controlId, JSON.parse(line)]),
  );
  const everywhere = { mode: 'detect', where: 'the account is 111122223333' };
  expect(rows.get('ec2-security-group-admin-ports-restricted')).toMatchObject({
    mode: 'remediate',
    why: 'policy.yml sets ec2-security-group-admin-ports-restricted to remediate',
    parameters: { ports: [22] },
    matches: [everywhere],
  });
  expect(rows.get('s3-bucket-encrypted')).toMatchObject({
    mode: 'off',
    matches: [everywhere, { mode: 'remediate', where: 'the region is us-*' }],
  });
  expect(rows.get('s3-bucket-tls-required')).toMatchObject({
    mode: 'detect',
    why: 'policy.yml sets every control to detect',
    matches: [everywhere, { mode: 'approve', where: 'tag env is prod and the resource is arn:aws:s3:::www.*' }],
  });
  const inTheNorth = (mode: string) => [everywhere, { mode, where: 'the region is eu-north-1' }];
  expect(rows.get('ec2-instance-imdsv2-required')).toMatchObject({ matches: inTheNorth('remediate') });
  expect(rows.get('iam-root-user-unused')).toMatchObject({ matches: inTheNorth('detect') });
  const pad = ' '.repeat(21);
  expect(words.stdout).toContain(
    `${pad}policy.yml sets every control to detect\n${pad}detect where the account is 111122223333\n${pad}approve where tag env is prod and the resource is arn:aws:s3:::www.*\n`,
  );
  expect(words.stdout).toMatch(/^off {8}\S+ +s3-bucket-encrypted$/m);
});

test.each([
  '',
  'defaults: {}\n',
  `controls: { ec2-security-group-admin-ports-restricted: { parameters: { ports: [22] } } }\n`,
])('a policy.yml of %j only detects, and says that it sets no default', async (policy) => {
  const { status, stdout } = await controls(policy, '--json');
  expect(status).toBe(0);
  for (const line of stdout.trimEnd().split('\n'))
    expect(JSON.parse(line)).toMatchObject({
      mode: 'detect',
      why: 'policy.yml sets no default: detect only',
    });
});

test('`recommended` as default takes what each control recommends, and says so', async () => {
  const { stdout } = await controls('defaults: { mode: recommended }\n', '--json');
  for (const line of stdout.trimEnd().split('\n')) {
    const { mode, recommendedMode, why } = JSON.parse(line);
    expect(mode).toBe(recommendedMode);
    expect(why).toBe(`policy.yml sets every control to its recommended mode, ${mode}`);
  }
});

test('with --no-policy the recommendations hold, and the harm that a remediation can do is said', async () => {
  const { stdout } = await evenkeel(['controls', '--no-policy', '--json']);
  const rows = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(rows.every(({ mode, recommendedMode, matches }) => mode === recommendedMode && matches.length === 0)).toBe(
    true,
  );
  const { stdout: all } = await controls('defaults: { mode: remediate }\n', '--json');
  const harmful = all
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter(({ impact }) => impact === 'disruptive');
  for (const { mode, why } of harmful) {
    expect(mode).toBe('approve');
    expect(why).toContain('without approval only where policy.yml names the control');
  }
});

test('each mistake is a line that names place, path, value and what is allowed', async () => {
  const wrong = `matches:
  - { mode: repair }
  - { controls: [s3-bucket-encryptd], mode: detect }
  - { regoin: eu-*, mode: detect }
  - { region: eu-* }
  - { account: "12", mode: detect }
controls:
  s3-bucket-encrpted: { mode: detect }
  ec2-security-group-admin-ports-restricted: { parameters: { port: [22] } }
owners: { infrastructureAsCode: ignore }
limits: { approval: { within: 3 days }, flap: { times: 0, within: 1h } }
exemptions:
  - { control: s3-bucket-encrypted, resource: a, owner: b, reason: c }
`;
  const late = `exemptions:
  - { control: s3-bucket-encrypted, resource: a, owner: b, reason: c, expires: ${dayFrom(364)} }
  - { control: s3-bucket-encrypted, resource: a, owner: b, reason: c, expires: ${dayFrom(400)} }
`;
  const [many, one] = await Promise.all([controls(wrong), controls(late)]);
  for (const { status, stdout } of [many, one]) expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  const lines = many.stderr
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/^evenkeel: .*\.yml:/, ''));
  for (const says of [
    /^2:13 matches\.0\.mode: "repair" is not allowed; allowed: off, detect, approve, remediate, recommended$/,
    /^3:18 matches\.1\.controls\.0: "s3-bucket-encryptd" is not allowed; did you mean s3-bucket-encrypted\?$/,
    /^4:7 matches\.2: "regoin" is not known; allowed: account, region, tags, resource, controls, mode$/,
    /^5:5 matches\.3: .* must have required property 'mode'$/,
    /^6:16 matches\.4\.account: "12" must match pattern/,
    /^8:3 controls: "s3-bucket-encrpted" is not known; did you mean s3-bucket-encrypted\?$/,
    /^9:62 controls\.\S+\.parameters: "port" is not known; allowed: ports/,
    /^10:33 owners\.infrastructureAsCode: "ignore" is not allowed; allowed: detect, remediate$/,
    /^11:31 limits\.approval\.within: "3 days" must match pattern/,
    /^11:56 limits\.flap\.times: 0 must be >= 1$/,
    /^13:5 exemptions\.0: .* must have required property 'expires'$/,
  ])
    expect(lines).toContainEqual(expect.stringMatching(says));
  expect(lines).toHaveLength(11);
  expect(one.stderr).toMatch(
    /^evenkeel: \S+\.yml:3:80 exemptions\.1\.expires: "\S+" is too late; allowed: up to \d{4}-\d\d-\d\d, a year from today\n$/,
  );
});
