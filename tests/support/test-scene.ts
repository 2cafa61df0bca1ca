import { describe, expect, test } from '@jest/globals';
import { uniqueNames } from '../../scenes/names.ts';
import type { Scene, SceneAccount } from '../../scenes/scene.ts';
import type { AnyControl } from '../../shared/control.ts';
import { receive } from '../../shared/engine/intake/reconcile-change.ts';
import { undo } from '../../shared/engine/undo/undo.ts';
import { sendUndoCallOf } from '../../shared/engine/undo/undo-call.ts';
import { memoryLedger } from '../../shared/ledger/memory.ts';
import type { Result } from '../../shared/result.ts';
import { expectAdditions, watchAdditions } from './additions.ts';
import { testEngine } from './engine.ts';
import { type TestAccount, testAccount } from './sandbox.ts';

/** A test account as scenes want it. */
export const sceneAccount = ({ accountId, region, aws }: TestAccount): SceneAccount => ({
  accountId,
  region,
  aws: aws(),
  name: uniqueNames(),
});

/** Proves a control on the local account, through the real SDK, by its scene: the event finds the drift, a dry run changes nothing, the remediation ends it and leaves the neighbours, a second run does nothing, and the undo brings back the same state, which is exempted from then on. */
export function testScene(control: AnyControl, scene: Scene): void {
  const outcome = scene.expects[control.id];

  describe(`${control.id} on the local account`, () => {
    test(scene.title, async () => {
      const own = await testAccount();
      const { aws, calls: additions } = watchAdditions(own.aws);
      const account = { ...own, aws };
      const parameters = scene.parameters?.(account) ?? {};
      const ledger = memoryLedger();
      const { earlier = [], happen, state, neighbours } = await scene.prepare(sceneAccount(account));
      let at: Date | undefined;
      // An event that only hints at its resource leads to neighbours too, which are compliant.
      let drifting: string | null | undefined;
      const clock = { now: () => at ?? new Date(), sleep: async () => {} };
      const engineIn = (mode: 'detect' | 'remediate') => testEngine(account.aws, mode, { parameters, ledger, clock });
      const replay = async (mode: 'detect' | 'remediate', event: object): Promise<readonly Result[]> => {
        const context = { controls: [control], fallback: account, home: account.region };
        const results = (await Array.fromAsync(receive(event, engineIn(mode), context))).flat();
        const found = results.filter(({ before }) => before !== 'NOT_APPLICABLE');
        drifting ??= found.find(({ before }) => before === 'NON_COMPLIANT')?.resourceId;
        const isOther = ({ resourceId }: Result) => drifting !== undefined && resourceId !== drifting;
        expect(found.filter((one) => isOther(one) && one.outcome !== 'compliant')).toEqual([]);
        return found.filter((one) => !isOther(one));
      };

      for (const event of earlier)
        expect(await replay('detect', event)).toMatchObject([{ outcome: 'compliant', error: null }]);
      const beside = await neighbours();
      const isRestored = outcome === 'remediated' && scene.leaves === undefined;
      const prepared = isRestored ? await state() : null;
      const happening = await happen();
      const { event } = happening;
      at = happening.at;
      const drifted = await state();
      expect(await neighbours()).toEqual(beside);

      const dry = await replay('detect', event);
      expect(dry).toMatchObject([{ controlId: control.id, outcome: 'detected', before: 'NON_COMPLIANT', error: null }]);
      expect(await state()).toEqual(drifted);

      const [result, ...others] = await replay('remediate', event);
      expect(others).toEqual([]);
      expect(result).toMatchObject({ outcome, before: 'NON_COMPLIANT', error: null });
      expect(await neighbours()).toEqual(beside);
      if (outcome === 'detected') {
        expectAdditions(control.id, additions);
        return expect(await state()).toEqual(drifted);
      }
      expect(result).toMatchObject({ after: 'COMPLIANT', steps: dry[0]?.steps ?? [] });
      const remediated = await state();
      expect(remediated).not.toEqual(drifted);
      if (isRestored) expect(remediated).toEqual(prepared);

      expect(await replay('remediate', event)).toMatchObject([{ outcome: 'compliant', steps: [] }]);
      expect(await state()).toEqual(remediated);

      const id = result?.remediationId ?? '';
      const request = { id, by: 'a test', reason: 'to see it back', expires: '2999-01-01' };
      const takeBack = (dryRun: boolean) =>
        undo({ ...request, dryRun }, engineIn('remediate'), [control], (call, ref) =>
          sendUndoCallOf([control], call, ref, account.aws(ref.region)),
        );
      await takeBack(true);
      expect(await state()).toEqual(remediated);
      await takeBack(false);
      expect(await state()).toEqual(drifted);
      expect(await neighbours()).toEqual(beside);
      expect(await replay('remediate', event)).toMatchObject([{ outcome: 'exempted', error: null }]);
      expect(await state()).toEqual(drifted);
      expectAdditions(control.id, additions);
    });
  });
}
