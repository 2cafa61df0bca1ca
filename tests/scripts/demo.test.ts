import { describe, expect, test } from '@jest/globals';
import { told } from '../../scripts/demo/sample.ts';
import { scenes } from '../../scripts/demo/scenes/all.ts';
import { wrapped } from '../../scripts/demo/screen.ts';
import {
  differences,
  neighboursIn,
  neighbourTroubles,
  type Played,
  sceneTroubles,
  secondRunTroubles,
} from '../../scripts/demo/verdict.ts';
import { type Result, resultWithoutResource } from '../../shared/result.ts';
import { run } from '../support/script.ts';

const MAIN = 'demo/main.ts';

describe('npm run demo', () => {
  test('puts every drift right or tells it, touches nothing else, and is quiet the second time', async () => {
    const env = {
      AWS_ENDPOINT_URL: process.env.EVENKEEL_TEST_ENDPOINT ?? '',
      // None of these may lead it elsewhere.
      AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9',
      AWS_PROFILE: 'production',
      AWS_REGION: 'us-gov-west-1',
      CI: 'true',
    };
    const { status, stdout, stderr } = await run(MAIN, [], { env });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const told = scenes.filter(({ expects }) => Object.values(expects).includes('detected')).length;
    expect(stdout).toContain(`${scenes.length} drifts: ${scenes.length - told} put right, ${told} told`);
    expect(stdout).toMatch(/(\d+) of \1 neighbours untouched/);
    expect(stdout.replace(/\s+/g, ' ')).toMatch(
      /second run: nothing to do · undo holds · flapping is stopped · the brake works · \d+\.\d s/,
    );
    expect(stdout).not.toContain('\x1b');
    expect(stdout.split('\n').filter((line) => line.length > 100 && !line.includes('https://'))).toEqual([]);
  });

  test.each([
    ['an endpoint that is not on this machine', { AWS_ENDPOINT_URL: 'https://ec2.eu-west-1.amazonaws.com' }, [], 2],
    ['an endpoint where nothing answers', { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' }, [], 1],
    ['an argument', {}, ['--real'], 2],
  ])('%s is told in one line', async (_name, env, args, status) => {
    const ended = await run(MAIN, args, { env });
    expect(ended).toEqual({ status, stdout: '', stderr: expect.stringMatching(/^demo: [^\n]+\n$/) });
  });
});

describe('a sample event', () => {
  const account = { accountId: '999988887777', region: 'eu-north-1' };

  test('speaks of what it is told of, in this account and region, and has an id of its own', () => {
    const names = { 'requestParameters.groupId': 'sg-1' };
    const event = told('ec2/AuthorizeSecurityGroupIngress', account, names);
    expect(event).toMatchObject({
      account: '999988887777',
      region: 'eu-north-1',
      detail: { awsRegion: 'eu-north-1', requestParameters: { groupId: 'sg-1' } },
    });
    const text = JSON.stringify(event);
    expect(text).toContain('"groupId":"sg-1","securityGroupRuleId"');
    expect(text).not.toMatch(/111122223333|eu-west-1/);
    expect(told('ec2/AuthorizeSecurityGroupIngress', account, names)).not.toMatchObject({ id: event.id });
  });

  test('does not exist where its path leads nowhere', () => {
    expect(() => told('ec2/CreateVpc', account, { 'requestParameters.vpcId': 'x' })).toThrow(
      'events/ec2/CreateVpc.json has no detail.requestParameters.vpcId',
    );
  });
});

describe('the verdict', () => {
  const result = (controlId: string, rest: Pick<Result, 'outcome'> & Partial<Result>): Result =>
    resultWithoutResource({ eventId: 'e', eventName: 'E' }, { controlId, resourceId: 'r', ...rest });
  const mended = result('a', { outcome: 'remediated', before: 'NON_COMPLIANT', after: 'COMPLIANT' });
  const quiet = result('b', { outcome: 'compliant', before: 'COMPLIANT', after: 'COMPLIANT' });
  const scene: Played['scene'] = { title: 'Drift', expects: { a: 'remediated' } };
  const played = { scene, event: {}, results: [mended, quiet], mails: 1, leaves: [] };

  test('has nothing to say where all went well', () => {
    expect(sceneTroubles(played)).toEqual([]);
    const left = { ...mended, outcome: 'detected', after: 'NON_COMPLIANT' } as const;
    expect(sceneTroubles({ ...played, scene: { ...scene, expects: { a: 'detected' } }, results: [left] })).toEqual([]);
  });

  test.each<[string, Partial<Played>, RegExp]>([
    ['a drift that nobody found', { results: [quiet] }, /a was to end as remediated: it found nothing/],
    [
      'a remediation that failed',
      { results: [{ ...mended, outcome: 'failed', after: null, error: 'refused' }] },
      /a was to end as remediated: failed, refused/,
    ],
    ['a remediation that was not seen to work', { results: [{ ...mended, after: null }] }, /a was to end/],
    ['a remediation of two resources', { results: [mended, mended] }, /a was to end/],
    [
      'an event that could not be read',
      { results: [mended, { ...quiet, controlId: null, outcome: 'failed' }] },
      /the event was to find nothing/,
    ],
    [
      'a finding that nobody expected',
      { results: [mended, { ...quiet, outcome: 'detected' }] },
      /b was to find nothing/,
    ],
    ['a remediation that nobody was told of', { mails: 0 }, /nobody was told/],
  ])('names %s', (_name, change, trouble) => {
    expect(sceneTroubles({ ...played, ...change })).toEqual([expect.stringMatching(trouble)]);
  });

  const before = { 'rule sg-1 a': 1, 'rule sg-1 b': 1, bucket: { open: false } };

  test('names every neighbour that was touched, went or came', () => {
    const after = { 'rule sg-1 b': 1, bucket: { open: true }, trail: 1 };
    expect(differences(before, after)).toEqual(['rule sg-1 a', 'bucket', 'trail']);
    expect(neighbourTroubles(before, before, [])).toEqual([]);
    expect(neighbourTroubles(before, after, ['rule sg-1 a', 'trail'])).toEqual([
      'bucket is not as it was: {"open":false} became {"open":true}',
    ]);
    expect(neighbourTroubles(before, after, ['rule sg-1', 'buck'])).toHaveLength(2);
    expect(neighboursIn(before, ['rule sg-1'])).toBe(1);
  });

  test('wants a second run that does nothing, tells nothing and changes nothing', () => {
    const known = result('c', { outcome: 'detected' });
    expect(secondRunTroubles([quiet, known], 0, before, before)).toEqual([]);
    expect(secondRunTroubles([quiet, mended], 2, before, {})).toEqual([
      'second run: a on r was not quiet: remediated',
      'second run: 2 notices were sent again',
      'second run: rule sg-1 a was changed',
      'second run: rule sg-1 b was changed',
      'second run: bucket was changed',
    ]);
  });
});

test('text is broken between words only, and hangs under its own beginning', () => {
  expect(wrapped('Found:      one two three\n  four five\n\nhttps://example.com/long', 20)).toEqual([
    'Found:      one two',
    '            three',
    '  four five',
    '',
    'https://example.com/long',
  ]);
});
