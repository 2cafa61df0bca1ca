import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { type AnyControl, compliant, defineControl, nonCompliant } from '../../../shared/control.ts';
import { compactState, isCompact } from '../../../shared/engine/run/compact.ts';
import { stateDiff } from '../../../shared/engine/run/state-diff.ts';
import { memoryLedger } from '../../../shared/ledger/memory.ts';
import { step, undoneBy } from '../../../shared/step.ts';
import { BoxClient, OpenLidCommand, shut, TurnKeyCommand } from '../../support/fake-resource.ts';
import { UndoScene } from '../../support/undo-scene.ts';

interface Rule {
  readonly SecurityGroupRuleId: string;
  readonly Description: string;
}
/** Rules with descriptions of 255 characters that cannot be compressed much. */
const rules = (n: number): readonly Rule[] =>
  Array.from({ length: n }, (_, index) => ({
    SecurityGroupRuleId: `sgr-${index}`,
    GroupId: 'sg-1',
    Description: randomBytes(192).toString('base64').slice(0, 255),
  }));

describe('a state in a record', () => {
  test('is kept as it is while it is small', () => {
    const state = { rules: rules(20) };
    expect(compactState(state)).toBe(state);
  });

  test('keeps of a large one the members that the steps name, and a hash of each other', () => {
    const state = { ref: { resourceId: 'sg-1' }, rules: rules(900) };
    const compact = compactState(state, [{ input: { GroupId: 'sg-1', SecurityGroupRuleIds: ['sgr-7'] } }]);
    expect(compact).toEqual({
      ref: state.ref,
      rules: state.rules.map((rule, index) => (index === 7 ? rule : expect.stringMatching(/^sha256:[0-9a-f]{24}$/))),
    });
    expect(JSON.stringify(compact).length).toBeLessThan(60_000);
    expect([isCompact(compact), isCompact(state)]).toEqual([true, false]);
  });

  test('is compared with a whole one, and the difference is said in words', () => {
    const all = rules(900);
    const before = compactState({ rules: all }, [{ input: { id: 'sgr-7' } }]);
    expect(stateDiff(before, { rules: all })).toEqual([]);
    const restored = all.map((rule, index) => (index === 7 ? { ...rule, SecurityGroupRuleId: 'sgr-new' } : rule));
    expect(stateDiff(before, { rules: restored }, ['SecurityGroupRuleId'])).toEqual([]);
    const changed = all.map((rule, index) => (index === 9 ? { ...rule, Description: 'mine' } : rule));
    expect(stateDiff(before, { rules: changed }).join('\n')).toContain('"Description":"mine"');
  });
});

describe('a resource whose record would pass what DynamoDB takes', () => {
  let left: readonly Rule[] = [];
  const bare: AnyControl = defineControl({
    ...shut,
    id: 'box-bare',
    needs: ['label'],
    undoCalls: [undoneBy(BoxClient, OpenLidCommand, () => ({}), ['rule'] as never[])],
    evaluate: ({ label }: { label: { rules: readonly Rule[] } }) =>
      label.rules.length > 0 ? nonCompliant(`${label.rules.length} rules`) : compliant('It has none.'),
    plan: ({ label }: { label: { rules: readonly Rule[] } }) =>
      label.rules.map((rule) =>
        step(
          BoxClient,
          TurnKeyCommand,
          { id: rule.SecurityGroupRuleId },
          { elements: [rule.SecurityGroupRuleId], undo: () => [step(BoxClient, OpenLidCommand, { rule })] },
        ),
      ),
  } as never) as AnyControl;

  test('is remediated all the same, in several records, and each is undone exactly', async () => {
    const scene = new UndoScene();
    scene.engine = { ...scene.engine, ledger: memoryLedger() };
    const all = rules(300);
    left = all;
    const show = () => {
      if (scene.world.box !== null) scene.world.box = { ...scene.world.box, label: { rules: left } as never };
    };
    show();
    scene.world.onCall = () => {
      const ids = new Set(scene.world.calls.map(({ input }) => (input as { id?: string }).id));
      left = all.filter(({ SecurityGroupRuleId }) => !ids.has(SecurityGroupRuleId));
      show();
    };
    expect(await scene.reconcile(bare)).toMatchObject([{ outcome: 'remediated', after: 'COMPLIANT', error: null }]);
    const records = await Array.fromAsync(scene.engine.ledger.remediations());
    expect(records.length).toBeGreaterThan(1);
    expect(records.every(({ status }) => status === 'remediated')).toBe(true);
    expect(records.flatMap(({ steps }) => steps)).toHaveLength(300);
    expect(scene.engine.announced).toEqual([]);
    const last = records.find(({ afterCompliance }) => afterCompliance === 'COMPLIANT');
    const restore = async ({ input }: { readonly input: object }) => {
      left = [...left, (input as { rule: Rule }).rule];
      show();
      return {};
    };
    const { undoId } = await scene.undone(last?.id ?? '', { controls: [bare], call: restore });
    expect(await scene.recordOf(undoId ?? '')).toMatchObject({ status: 'remediated' });
    expect(left).toHaveLength(last?.steps.length ?? 0);
  });
});
