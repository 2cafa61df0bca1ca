import { describe, expect, test } from '@jest/globals';
import { loadScenes } from '../../scenes/index.ts';
import type { SceneOutcome } from '../../scenes/scene.ts';
import { demoScenes, shortened } from '../../scripts/demo/scenes.ts';
import { wrapped } from '../../scripts/demo/screen.ts';
import {
  differences,
  neighbourProblems,
  type Played,
  sceneProblems,
  secondRunProblems,
} from '../../scripts/demo/verdict.ts';
import { type Result, resultWithoutResource } from '../../shared/result.ts';
import { run } from '../support/script.ts';

const MAIN = 'demo/main.ts';

describe('npm run demo', () => {
  test('remediates every drift or notifies of it, touches nothing else, and is quiet the second time', async () => {
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
    const scenes = shortened(await demoScenes());
    const ending = (outcome: SceneOutcome) => scenes.filter(({ expects }) => Object.values(expects).includes(outcome));
    const [remediated, approvals] = [ending('remediated').length, ending('awaitingApproval').length];
    const detected = scenes.length - remediated - approvals;
    expect(approvals).toBeGreaterThan(0);
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      `${scenes.length} drifts: ${remediated} remediated, ${approvals} awaiting approval, ${detected} notified`,
    );
    expect(stdout.replace(/\s+/g, ' ')).toMatch(
      /second run: nothing to do · (\d+) of \1 neighbours untouched · undo holds · flapping is stopped · pause works · \d+\.\d s/,
    );
    expect(stdout).not.toContain('\x1b');
    expect(stdout.split('\n').filter((line) => line.length > 100 && !line.includes('https://'))).toEqual([]);
  }, 120_000);

  test.each([
    ['an endpoint that is not on this machine', { AWS_ENDPOINT_URL: 'https://ec2.eu-west-1.amazonaws.com' }, [], 2],
    ['an endpoint where nothing answers', { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' }, [], 1],
    ['an argument', {}, ['--real'], 2],
  ])('%s is refused in one line', async (_name, env, args, status) => {
    const ended = await run(MAIN, args, { env });
    expect(ended).toEqual({ status, stdout: '', stderr: expect.stringMatching(/^demo: [^\n]+\n$/) });
  });
});

test('the scenes of the demo: the most severe first, each as its control ends it in the mode that it recommends', async () => {
  const scenes = await demoScenes();
  expect(scenes[0]?.title).toMatch(/^SSH is opened to the world/);
  const [key] = scenes.filter(({ expects }) => 'iam-access-key-rotated' in expects);
  expect(key?.expects).toMatchObject({ 'iam-access-key-rotated': 'detected' });
  expect(scenes.filter(({ parameters }) => parameters !== undefined)).toEqual([]);
});

test('the short demo shows each service and each ending that it has', async () => {
  const scenes = await demoScenes();
  const short = shortened(scenes);
  const endings = (some: typeof scenes) => [...new Set(some.flatMap(({ expects }) => Object.values(expects)))].sort();
  const folders = await loadScenes();
  const servicesOf = (some: typeof scenes) => {
    const titles = new Set(some.map(({ title }) => title));
    const shown = folders.filter(({ proof, more }) => [proof, ...more].some(({ title }) => titles.has(title)));
    return [...new Set(shown.map(({ service }) => service))].sort();
  };
  expect(endings(short)).toEqual(endings(scenes));
  expect(servicesOf(short)).toEqual(servicesOf(scenes));
  expect(short[0]).toBe(scenes[0]);
  expect(short.length).toBeLessThan(scenes.length / 2);
});

describe('the verdict', () => {
  const result = (controlId: string, rest: Pick<Result, 'outcome'> & Partial<Result>): Result =>
    resultWithoutResource({ eventId: 'e', eventName: 'E' }, { controlId, resourceId: 'r', ...rest });
  const remediated = result('a', { outcome: 'remediated', before: 'NON_COMPLIANT', after: 'COMPLIANT' });
  const quiet = result('b', { outcome: 'compliant', before: 'COMPLIANT', after: 'COMPLIANT' });
  const scene: Played['scene'] = { title: 'Drift', expects: { a: 'remediated' } };
  const played = { scene, happening: { event: {} }, results: [remediated, quiet], mails: 1 };

  test('has nothing to say where all went well', () => {
    expect(sceneProblems(played)).toEqual([]);
    const beside = { ...quiet, outcome: 'detected' } as const;
    expect(sceneProblems({ ...played, results: [remediated, beside] })).toEqual([]);
    const left = { ...remediated, outcome: 'detected', after: 'NON_COMPLIANT' } as const;
    expect(sceneProblems({ ...played, scene: { ...scene, expects: { a: 'detected' } }, results: [left] })).toEqual([]);
  });

  test.each<[string, Partial<Played>, RegExp]>([
    ['a drift that nobody found', { results: [quiet] }, /a, expected remediated: it found nothing/],
    [
      'a remediation that failed',
      { results: [{ ...remediated, outcome: 'failed', after: null, error: 'refused' }] },
      /a, expected remediated: failed, refused/,
    ],
    [
      'a remediation that was not seen to work',
      { results: [{ ...remediated, after: null }] },
      /a, expected remediated/,
    ],
    ['a remediation of two resources', { results: [remediated, remediated] }, /a, expected remediated/],
    [
      'an event that could not be read',
      { results: [remediated, { ...quiet, controlId: null, outcome: 'failed' }] },
      /the event, expected to do nothing/,
    ],
    [
      'a remediation that nobody expected',
      { results: [remediated, { ...remediated, controlId: 'b' }] },
      /b, expected to do nothing/,
    ],
    ['a remediation that nobody was notified of', { mails: 0 }, /no notification arrived/],
  ])('names %s', (_name, change, problem) => {
    expect(sceneProblems({ ...played, ...change })).toEqual([expect.stringMatching(problem)]);
  });

  const before = { 'rule sg-1 a': 1, 'rule sg-1 b': 1, bucket: { open: false } };

  test('names every neighbour that was touched, went or came', () => {
    const after = { 'rule sg-1 b': 1, bucket: { open: true }, trail: 1 };
    expect(differences(before, after)).toEqual(['rule sg-1 a', 'bucket', 'trail']);
    expect(neighbourProblems(before, before)).toEqual([]);
    expect(neighbourProblems(before, after)).toEqual([
      'rule sg-1 a is not as it was: 1 became undefined',
      'bucket is not as it was: {"open":false} became {"open":true}',
      'trail is not as it was: undefined became 1',
    ]);
  });

  test('wants a second run that does nothing, notifies nobody and changes nothing', () => {
    const known = result('c', { outcome: 'detected' });
    const waiting = result('d', { outcome: 'awaitingApproval' });
    expect(secondRunProblems([quiet, known, waiting], 0, before, before)).toEqual([]);
    expect(secondRunProblems([quiet, remediated], 2, before, {})).toEqual([
      'second run: a on r was not quiet: remediated',
      'second run: 2 notifications were sent again',
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
