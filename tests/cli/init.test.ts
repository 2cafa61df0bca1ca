import { copyFileSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { parse } from 'yaml';
import { ROOT } from '../../scripts/catalogue.ts';
import { dialogueOn } from '../../shared/cli/init/dialogue.ts';
import { type InitOptions, initIn } from '../../shared/cli/init.ts';
import { controls } from '../../shared/controls/index.ts';
import { detections } from '../../shared/detections/index.ts';
import { parsePolicy } from '../../shared/policy/load.ts';
import { policyFrom } from '../../shared/policy/settings.ts';
import { temporaryFolder } from '../support/command.ts';

const parent = temporaryFolder();
const FILES = ['deployment.yml', 'policy.yml'] as const;
const GIVEN = { email: ['you@example.com'], slack: 'secretsmanager:evenkeel/slack', framework: 'cis-v5' } as const;

let folder: string;
let said: { stdout: string; stderr: string };
beforeEach(() => {
  folder = mkdtempSync(join(parent, 'clone-'));
  for (const file of FILES) copyFileSync(ROOT + file, join(folder, file));
  said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const)
    jest.spyOn(process[stream], 'write').mockImplementation((text) => {
      said[stream] += text;
      return true;
    });
  process.env.AWS_REGION = 'eu-west-1';
});
afterEach(() => {
  jest.restoreAllMocks();
});

const textOf = (file: (typeof FILES)[number]) => readFileSync(join(folder, file), 'utf8');
const init = (options: Partial<InitOptions> = {}) => initIn(folder, { email: [], ...options }, null);
const modesIn = (text: string) => {
  const policy = policyFrom(parsePolicy(text, 'policy.yml', controls, detections));
  return new Set([...controls, ...detections].map((one) => policy.reachAnywhere(one)));
};

/** Answers each question as it comes. */
async function initWith(answers: readonly string[], options: Partial<InitOptions> = {}) {
  const [input, output] = [new PassThrough(), new PassThrough()];
  let asked = '';
  const left = [...answers];
  output.on('data', (text) => {
    asked += text;
    if (!/: $/.test(asked)) return;
    const answer = left.shift();
    if (answer === undefined) input.end();
    else input.write(`${answer}\n`);
  });
  await initIn(folder, { email: [], ...options }, () => dialogueOn(input, output)).catch((error: Error) => {
    asked += error.message;
  });
  return asked;
}

describe('by options', () => {
  test('what is given is written, all else stays, and what comes next is said', async () => {
    const before = textOf('deployment.yml');
    await init(GIVEN);
    expect(textOf('deployment.yml')).toBe(
      before
        .replace('emails: []', 'emails: ["you@example.com"]')
        .replace("slackSecret: ''", 'slackSecret: "secretsmanager:evenkeel/slack"'),
    );
    expect(modesIn(textOf('policy.yml'))).toEqual(new Set(['detect', 'off']));
    expect(said.stdout).toMatch(/emails: none → you@example\.com\n/);
    expect(said.stdout).toMatch(/controls: not set → \d+ entries\n/);
    expect(said.stdout).toMatch(/\$ *\d+\.\d\d {2}small: 500 resources/);
    const [, next = ''] = said.stdout.split('Next:\n');
    expect(
      next
        .trim()
        .split(/ +#.*\n? */)
        .filter(Boolean),
    ).toEqual([
      'npm run generate',
      'npx serverless deploy --region eu-west-1',
      'npx evenkeel doctor --region eu-west-1',
    ]);
  });

  test('a second time nothing differs, and nothing is written', async () => {
    await init(GIVEN);
    const before = FILES.map(textOf);
    await init(GIVEN);
    expect(FILES.map(textOf)).toEqual(before);
    expect(said.stdout).toContain('deployment.yml: as it was\n\npolicy.yml: as it was\n');
  });

  test('--yes leaves what is not given, and says that nobody is notified', async () => {
    const before = FILES.map(textOf);
    await init({ yes: true });
    expect(FILES.map(textOf)).toEqual(before);
    expect(said.stderr).toMatch(/^evenkeel: no e-mail address is notified: [^\n]+\n$/);
  });

  test.each([
    ['policy.yml', 'defaults: { mode: recommended }\n', 'defaults.mode: "recommended" → "off", and \\d+ more'],
    [
      'deployment.yml',
      readFileSync(`${ROOT}deployment.yml`, 'utf8').replace('emails: []', 'emails: [old@example.com]'),
      'emails: old@example\\.com → you@example\\.com, and 1 more',
    ],
  ] as const)('%s with something of its own is overwritten by --force alone', async (file, text, differs) => {
    writeFileSync(join(folder, file), text);
    const before = FILES.map(textOf);
    await expect(init(GIVEN)).rejects.toThrow(
      new RegExp(`^${file}: not overwritten, since it sets something else \\(${differs}\\); --force overwrites it$`),
    );
    expect(FILES.map(textOf)).toEqual(before);
    await init({ ...GIVEN, force: true });
    expect(textOf(file)).not.toBe(text);
    expect(textOf('deployment.yml')).toContain('emails: ["you@example.com"]');
  });

  test('files that are not there are written whole, valid and only detecting', async () => {
    const empty = mkdtempSync(join(parent, 'empty-'));
    await initIn(empty, { email: ['none'], slack: 'none', framework: 'none' }, null);
    expect(readFileSync(join(empty, 'policy.yml'), 'utf8')).toBe(textOf('policy.yml'));
    const { default: written } = parse(readFileSync(join(empty, 'deployment.yml'), 'utf8'));
    const { default: shipped } = parse(textOf('deployment.yml'));
    for (const [name, value] of Object.entries(written)) expect([name, value]).toEqual([name, shipped[name]]);
  });

  test('a mode other than detect only where a person asks for it', async () => {
    await init({ ...GIVEN, framework: 'none', mode: 'recommended' });
    expect(modesIn(textOf('policy.yml'))).toContain('remediate');
    expect(textOf('policy.yml')).toContain('# All controls are in the mode that each recommends, and may remediate.');
  });

  test('--json: one line', async () => {
    await init({ ...GIVEN, json: true });
    expect(JSON.parse(said.stdout)).toMatchObject({
      region: 'eu-west-1',
      files: FILES.map((file) => ({ file, written: true })),
      costs: [{ account: 'small' }, {}, {}],
    });
  });

  test('a value that a deploy would refuse in the rest of deployment.yml: nothing is written', async () => {
    writeFileSync(
      join(folder, 'deployment.yml'),
      textOf('deployment.yml').replace('concurrency: 10', 'concurrency: 1'),
    );
    const before = FILES.map(textOf);
    await expect(init(GIVEN)).rejects.toThrow(/^deployment\.yml: concurrency is/);
    expect(FILES.map(textOf)).toEqual(before);
  });
});

describe('a person is asked', () => {
  test('and asked again after an answer that is none', async () => {
    const asked = await initWith(['eu-wst-1', 'eu-central-1', 'you', 'you@example.com', '', 'cis', 'cis-v5']);
    expect(asked).toContain('the region eu-wst-1: unknown region; did you mean eu-west-1?');
    expect(asked).toContain('the address you: no e-mail address');
    expect(asked).toContain('the framework cis: unknown');
    expect(parse(textOf('deployment.yml')).default.emails).toEqual(['you@example.com']);
    expect(textOf('policy.yml')).toContain('# CIS AWS Foundations Benchmark v5.0.0: ');
    expect(said.stdout).toContain('npx serverless deploy --region eu-central-1');
  });

  test('Enter alone keeps what stands', async () => {
    const before = FILES.map(textOf);
    await initWith(['', '', '', '']);
    expect(FILES.map(textOf)).toEqual(before);
  });

  test('before something is overwritten', async () => {
    writeFileSync(join(folder, 'policy.yml'), 'defaults: { mode: approve }\n');
    const asked = await initWith(['', '', '', 'none', 'no']);
    expect(asked).toContain('policy.yml sets something else:\n    defaults.mode: "approve" → "detect"\n');
    expect(textOf('policy.yml')).toBe('defaults: { mode: approve }\n');
    await initWith(['', '', '', 'none', 'yes']);
    expect(textOf('policy.yml')).toContain('defaults: { mode: detect }');
  });

  test('the end of the input is an error, and nothing is written', async () => {
    const before = FILES.map(textOf);
    expect(await initWith(['', 'new@example.com'])).toContain(
      'the input ended before the last answer; nothing was written',
    );
    expect(FILES.map(textOf)).toEqual(before);
  });
});

test('Teams and PagerDuty are set by options, also in a file that does not name them, and never asked for', async () => {
  const { teams, pagerduty } = { teams: 'secretsmanager:evenkeel/teams', pagerduty: 'ssm:/evenkeel/pagerduty' };
  writeFileSync(join(folder, 'deployment.yml'), textOf('deployment.yml').replace("  pagerDutySecret: ''\n", ''));
  await init({ ...GIVEN, teams, pagerduty });
  expect(parse(textOf('deployment.yml')).default).toMatchObject({ teamsSecret: teams, pagerDutySecret: pagerduty });
  expect(said.stdout).toContain('teamsSecret: none → secretsmanager:evenkeel/teams\n');
  await init({ ...GIVEN, teams: 'none', force: true });
  expect(parse(textOf('deployment.yml')).default).toMatchObject({ teamsSecret: '', pagerDutySecret: pagerduty });
  const before = textOf('deployment.yml');
  await initWith(['', '', '', 'keep'], { teams: 'none' });
  expect(textOf('deployment.yml')).toBe(before);
});

test.each([
  ['slack', 'xoxb-1-SecretToken'],
  ['teams', 'https://a.logic.azure.com/SecretToken'],
  ['pagerduty', 'R0SecretTokenR0SecretTokenR0Secr'],
] as const)('what is a secret itself is not repeated: --%s', async (option, value) => {
  const error = await init({ ...GIVEN, [option]: value }).catch((one) => one);
  expect(error.message).toMatch(new RegExp(`^--${option}: an? .* is a secret, .* --name evenkeel/${option} `));
  expect(error.message).not.toContain('SecretToken');
});

test("a webhook's URL is never repeated", async () => {
  const error = await init({ ...GIVEN, slack: 'https://hooks.slack.com/services/T0/B0/secret' }).catch((one) => one);
  expect(error.message).toMatch(/^--slack: a webhook's URL is a secret/);
  expect(error.message).not.toContain('T0');
  expect(existsSync(join(folder, 'policy.yml'))).toBe(true);
});
