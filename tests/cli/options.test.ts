import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Command } from 'commander';
import {
  assertControl,
  chosenControls,
  chosenDetections,
  homeRegion,
  requiredRegion,
  wholeControlId,
  withCommonOptions,
  withRunOptions,
} from '../../shared/cli/options.ts';
import { controls } from '../../shared/controls/index.ts';
import { detections } from '../../shared/detections/index.ts';
import { saidBy } from '../support/capture-output.ts';
import { temporaryFolder } from '../support/command.ts';
import { ADMIN_PORTS } from '../support/drift.ts';

const folder = temporaryFolder();
const before = { ...process.env };
beforeEach(() => {
  // No file of settings, whoever runs the tests.
  process.env = {
    PATH: before.PATH,
    HOME: '/nonexistent',
    AWS_CONFIG_FILE: '/nonexistent',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
});
afterEach(() => {
  process.env = before;
});

/** Parses the flags of a subcommand; gives its options and what was said on stderr. */
async function parsed(flags: readonly string[], narrows?: string) {
  const command = withRunOptions(new Command('x'), narrows)
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .action(() => {});
  const { said } = await saidBy(() => command.parseAsync([...flags], { from: 'user' }));
  return { options: command.opts(), said };
}

describe('the region', () => {
  test('--region goes before the environment, except where it narrows a run', async () => {
    process.env.AWS_REGION = 'eu-west-1';
    await parsed(['--region', 'us-east-1']);
    expect(homeRegion()).toBe('us-east-1');
    process.env.AWS_REGION = 'eu-west-1';
    await parsed(['--region', 'us-east-1'], 'only this region');
    expect(homeRegion()).toBe('eu-west-1');
  });

  test('AWS_DEFAULT_REGION holds where nothing else does; without any there is none', async () => {
    await parsed([]);
    expect(homeRegion()).toBe('');
    expect(() => requiredRegion()).toThrow('no region: give --region, or set AWS_REGION');
    expect(requiredRegion('eu-north-1')).toBe('eu-north-1');
    process.env.AWS_DEFAULT_REGION = 'eu-central-1';
    await parsed([]);
    expect(requiredRegion('eu-north-1')).toBe('eu-central-1');
  });

  test.each([
    ['--region', 'eu-wst-1', 'eu-west-1'],
    ['--region', 'EU-WEST-1', 'eu-west-1'],
    ['AWS_REGION', 'us-esat-1', 'us-east-1'],
    ['AWS_DEFAULT_REGION', 'eu-west1', 'eu-west-1'],
  ])('%s %s is refused: %s was meant', async (name, region, meant) => {
    if (name !== '--region') process.env[name] = region;
    const flags = name === '--region' ? [name, region] : [];
    const refusal = { name: 'UsageError', message: `${name} ${region}: unknown region; did you mean ${meant}?` };
    await expect(parsed(flags)).rejects.toMatchObject(refusal);
    await expect(parsed(flags, 'only this region')).rejects.toMatchObject(refusal);
  });

  test('a wrong one in the environment is refused where it is used', async () => {
    process.env.AWS_REGION = 'eu-wst-1';
    await expect(parsed(['--region', 'eu-west-1'], 'only this region')).rejects.toThrow('AWS_REGION eu-wst-1: unknown');
    await parsed(['--region', 'eu-west-1']);
    expect(homeRegion()).toBe('eu-west-1');
  });

  test('one that is newer than our data is used, and said', async () => {
    const { said } = await parsed(['--region', 'eu-west-9']);
    expect(homeRegion()).toBe('eu-west-9');
    expect(said).toBe('evenkeel: --region eu-west-9: not known to the AWS SDK; did you mean eu-west-1?\n');
    process.env.AWS_REGION = '';
    expect((await parsed(['--region', 'eusc-de-east-1'])).said).toBe('');
  });
});

test('--profile is what the SDK reads', async () => {
  const file = join(folder, 'config');
  writeFileSync(file, '[profile work]\nregion = eu-west-1\n');
  process.env.AWS_CONFIG_FILE = file;
  await parsed(['--profile', 'work', '--region', 'eu-west-1']);
  expect(process.env.AWS_PROFILE).toBe('work');
});

test('--policy names a file, --no-policy none, and neither is the default', async () => {
  expect((await parsed(['--policy', 'a.yml'])).options.policy).toBe('a.yml');
  expect((await parsed(['--no-policy'])).options.policy).toBe(false);
  expect((await parsed([])).options).toMatchObject({ stack: 'evenkeel-prod', mode: 'detect', control: [] });
  expect((await parsed([])).options.policy).not.toBe(false);
  const other = withCommonOptions(new Command('y')).opts();
  expect(other.mode).toBeUndefined();
});

test('off is no mode of a run', async () => {
  await expect(parsed(['--mode', 'off'])).rejects.toThrow(/Allowed choices are detect, approve, remediate/);
});

describe('--control', () => {
  test('chooses by id or pattern, in the order of the catalogue; none chooses all', () => {
    expect(chosenControls([])).toEqual(controls);
    expect(chosenDetections([])).toEqual(detections);
    expect(chosenControls([ADMIN_PORTS]).map(({ id }) => id)).toEqual([ADMIN_PORTS]);
    const s3 = chosenControls(['s3-*']).map(({ id }) => id);
    expect(s3.length).toBeGreaterThan(3);
    expect(s3.every((id) => id.startsWith('s3-'))).toBe(true);
    expect(chosenControls(['s3-*', ADMIN_PORTS, ADMIN_PORTS])).toHaveLength(s3.length + 1);
    expect(chosenControls(['iam-root-user-unused'])).toEqual([]);
    expect(chosenDetections(['iam-root-*']).map(({ id }) => id)).toEqual(['iam-root-user-unused']);
  });

  test.each([
    [`${ADMIN_PORTS}s`, `did you mean ${ADMIN_PORTS}? `],
    ['s3-bucket-encryptd', 'did you mean s3-bucket-encrypted? '],
    ['ec2-security-group-admin', `did you mean ${ADMIN_PORTS}? `],
    ['cloudtrail-trail-log', 'did you mean cloudtrail-trail-logging-enabled? '],
    ['ports', ''],
    ['ec2-', ''],
    ['s4-*', ''],
    ['', ''],
  ])('%j fits none; the nearest is named where one is near', (id, meant) => {
    const message = `--control ${id}: unknown control; ${meant}npx evenkeel controls lists them`;
    expect(() => chosenControls([id])).toThrow(message);
  });

  test('the beginning of one id is that id; of several, or of none, itself', () => {
    expect(wholeControlId('ec2-security-group-admin')).toBe(ADMIN_PORTS);
    expect(wholeControlId('iam-root-user')).toBe('iam-root-user-unused');
    for (const text of ['ec2-', 's3-*', 'no-such', '', ADMIN_PORTS]) expect(wholeControlId(text)).toBe(text);
  });

  test('one control is no pattern where one is meant', () => {
    assertControl('iam-root-user-unused');
    expect(() => assertControl('s3-*')).toThrow('--control s3-*: unknown control;');
  });
});
