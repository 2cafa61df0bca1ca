import { expect, test } from '@jest/globals';
import { type Examination, ill, look, ofDeployment, type Scene, well } from '../../shared/doctor/diagnosis.ts';
import { examine, inEach } from '../../shared/doctor/run.ts';
import { testEngine } from '../support/engine.ts';

const scene: Scene = {
  engine: testEngine(() => {
    throw new Error('nobody is asked');
  }),
  home: 'eu-west-1',
  deployment: null,
  table: undefined,
  topicArn: undefined,
};
const after = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const found = (examinations: readonly Examination[]) => Array.fromAsync(examine(examinations, scene));

test('gives what is found in the order of the examinations, though several are under way at once', async () => {
  let underWay = 0;
  let most = 0;
  const examinations = Array.from({ length: 20 }, (_, index) => ({
    what: `e${index}`,
    mend: '',
    async examine() {
      underWay += 1;
      most = Math.max(most, underWay);
      await after(index % 2 === 0 ? 5 : 1);
      underWay -= 1;
      return well('');
    },
  }));
  expect((await found(examinations)).map(({ what }) => what)).toEqual(examinations.map(({ what }) => what));
  expect(most).toBeGreaterThan(2);
  expect(most).toBeLessThan(10);
});

test('what cannot be looked at is ill, with what to do; what finds several things names each; what does not concern is left out', async () => {
  const failing = async () => {
    throw Object.assign(new Error('Not you.'), { name: 'AccessDeniedException' });
  };
  expect(
    await found([
      { what: 'closed', mend: 'see your permissions', examine: failing },
      { what: 'two', mend: '', examine: async () => [ill('one', 'a', 'x'), look('other', 'b', 'y')] },
      ofDeployment({ what: 'deployed', mend: '', examine: failing }),
    ]),
  ).toEqual([
    {
      what: 'closed',
      state: 'ill',
      about: null,
      says: 'cannot be looked at: AccessDeniedException: Not you.',
      mend: 'see your permissions',
    },
    { what: 'two', state: 'ill', about: 'x', says: 'one', mend: 'a' },
    { what: 'two', state: 'look', about: 'y', says: 'other', mend: 'b' },
  ]);
});

test('one region that cannot be looked at does not keep the others from it', async () => {
  const verdicts = await inEach(['a', 'b', 'c'], 'go there', async (name) => {
    if (name === 'b') throw new Error('no way');
    return name === 'c' ? [ill('bad', 'mend', name)] : [];
  });
  expect(verdicts).toEqual([ill('b: cannot be looked at: no way', 'go there', 'b'), ill('bad', 'mend', 'c')]);
});
