import { beforeAll, describe, expect, test } from '@jest/globals';
import { makeCall } from '../../shared/cli/calls.ts';
import type { AnyControl } from '../../shared/control.ts';
import { undo } from '../../shared/engine/execution/undo.ts';
import { receive } from '../../shared/engine/intake/reconcile-change.ts';
import { memoryLedger } from '../../shared/ledger/memory.ts';
import type { Result } from '../../shared/result.ts';
import { testEngine } from './engine.ts';
import { type TestAccount, testAccount } from './sandbox.ts';

/** A drift that was made in the account. */
export interface Scene {
  /** The event that tells of it, in any known shape. */
  readonly event: unknown;
  /** Everything about the resource that a remediation could touch, in a form that compares (no rule ids, no dates). */
  state(): Promise<unknown>;
  /** Everything near it that must stay as it is. */
  neighbours(): Promise<unknown>;
  /** Parameters that differ from the control's own. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** When it is looked at, for what goes by age; the true time unless said. */
  readonly now?: Date;
  /** What the control does about it; `remediated` unless a person has to decide. */
  readonly outcome?: 'remediated' | 'detected';
  /** Runs once the drift is put right. */
  afterwards?(): Promise<void>;
  /** Where the drift is a deletion: an event that is seen while the resource lives, so that the ledger knows it, and what then deletes it. */
  readonly remembered?: { readonly event: unknown; lose(): Promise<void> };
}

/** Proves a control on the local account, through the real SDK: the event finds the drift, a dry run changes nothing, the remediation ends it and leaves the neighbours, a second run does nothing, and the undo steps bring back the same state. */
export function testOnSandbox(
  control: AnyControl,
  scenes: Readonly<Record<string, (account: TestAccount) => Promise<Scene>>>,
): void {
  describe(`${control.id} on the local account`, () => {
    let account: TestAccount;
    beforeAll(async () => {
      account = await testAccount();
    });

    test.each(Object.entries(scenes))('%s', async (_name, make) => {
      const scene = await make(account);
      const ledger = memoryLedger();
      const clock = { now: () => scene.now ?? new Date(), sleep: async () => {} };
      const replay = async (mode: 'detect' | 'remediate', event = scene.event): Promise<readonly Result[]> => {
        const parameters = scene.parameters ?? {};
        const engine = testEngine(account.aws, mode, { parameters, ledger, clock });
        const context = { controls: [control], fallback: account, home: account.region };
        return (await Array.fromAsync(receive(event, engine, context)))
          .flat()
          .filter(({ before }) => before !== 'NOT_APPLICABLE');
      };
      if (scene.remembered !== undefined) {
        expect(await replay('detect', scene.remembered.event)).toMatchObject([{ outcome: 'compliant', error: null }]);
        await scene.remembered.lose();
      }
      const before = await scene.state();
      const neighbours = await scene.neighbours();

      const dry = await replay('detect');
      expect(dry).toMatchObject([{ controlId: control.id, outcome: 'detected', before: 'NON_COMPLIANT', error: null }]);
      expect(await scene.state()).toEqual(before);

      const [result, ...others] = await replay('remediate');
      expect(others).toEqual([]);
      const outcome = scene.outcome ?? 'remediated';
      expect(result).toMatchObject({ outcome, before: 'NON_COMPLIANT', error: null });
      expect(await scene.neighbours()).toEqual(neighbours);
      if (outcome === 'detected') {
        expect(await scene.state()).toEqual(before);
        return;
      }
      expect(result).toMatchObject({ after: 'COMPLIANT', steps: dry[0]?.steps ?? [] });
      expect(await scene.state()).not.toEqual(before);
      await scene.afterwards?.();

      const mended = await scene.state();
      expect(await replay('remediate')).toMatchObject([{ outcome: 'compliant', steps: [] }]);
      expect(await scene.state()).toEqual(mended);

      const request = {
        id: result?.remediationId ?? '',
        by: 'a test',
        reason: 'to see it back',
        expires: '2999-01-01',
      };
      const engine = testEngine(account.aws, 'remediate', { parameters: scene.parameters ?? {}, ledger, clock });
      const back = (dryRun: boolean) =>
        undo({ ...request, dryRun }, engine, [control], (call, { region }) => makeCall(call, account.aws(region)));
      await back(true);
      expect(await scene.state()).toEqual(mended);
      await back(false);
      expect(await scene.state()).toEqual(before);
      expect(await scene.neighbours()).toEqual(neighbours);
      expect(await replay('remediate')).toMatchObject([{ outcome: 'exempted', error: null }]);
      expect(await scene.state()).toEqual(before);
    });
  });
}
