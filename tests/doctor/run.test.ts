import { expect, test } from '@jest/globals';
import { type Check, type DoctorContext, deploymentCheck, fail, ok, warn } from '../../shared/doctor/diagnosis.ts';
import { checkEach, diagnose } from '../../shared/doctor/run.ts';
import { testEngine } from '../support/engine.ts';

const context: DoctorContext = {
  engine: testEngine(() => {
    throw new Error('nobody is asked');
  }),
  home: 'eu-west-1',
  deployment: null,
  table: undefined,
  topicArn: undefined,
};
const after = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const found = (checks: readonly Check[]) => Array.fromAsync(diagnose(checks, context));

test('gives what is found in the order of the checks, though several are under way at once', async () => {
  let underWay = 0;
  let most = 0;
  const checks = Array.from({ length: 20 }, (_, index) => ({
    name: `e${index}`,
    remedy: '',
    async run() {
      underWay += 1;
      most = Math.max(most, underWay);
      await after(index % 2 === 0 ? 5 : 1);
      underWay -= 1;
      return ok('');
    },
  }));
  expect((await found(checks)).map(({ check }) => check)).toEqual(checks.map(({ name }) => name));
  expect(most).toBeGreaterThan(2);
  expect(most).toBeLessThan(10);
});

test('what cannot be looked at is ill, with what to do; what finds several things names each; what does not concern is left out', async () => {
  const failing = async () => {
    throw Object.assign(new Error('Not you.'), { name: 'AccessDeniedException' });
  };
  expect(
    await found([
      { name: 'closed', remedy: 'see your permissions', run: failing },
      { name: 'two', remedy: '', run: async () => [fail('one', 'a', 'x'), warn('other', 'b', 'y')] },
      deploymentCheck({ name: 'deployed', remedy: '', run: failing }),
    ]),
  ).toEqual([
    {
      check: 'closed',
      status: 'error',
      subject: null,
      message: 'could not be checked: AccessDeniedException: Not you.',
      remedy: 'see your permissions',
    },
    { check: 'two', status: 'error', subject: 'x', message: 'one', remedy: 'a' },
    { check: 'two', status: 'warning', subject: 'y', message: 'other', remedy: 'b' },
  ]);
});

test('one region that cannot be looked at does not keep the others from it', async () => {
  const results = await checkEach(['a', 'b', 'c'], 'go there', async (name) => {
    if (name === 'b') throw new Error('no way');
    return name === 'c' ? [fail('bad', 'mend', name)] : [];
  });
  expect(results).toEqual([fail('b: could not be checked: no way', 'go there', 'b'), fail('bad', 'mend', 'c')]);
});

test('what strangers named is shown on one line, with what is unsafe made visible', async () => {
  const text = 'a\n✓ all is well\x1b[2J\u202e';
  const shown = 'a\\n✓ all is well\\u{001b}[2J\\u{202e}';
  const [diagnosis] = await found([{ name: 'e', remedy: '', run: async () => fail(text, text, text) }]);
  expect(diagnosis).toEqual({ check: 'e', status: 'error', subject: shown, message: shown, remedy: shown });
});
