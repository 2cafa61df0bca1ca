import type { AnyControl } from '../../shared/control.ts';
import { remediate, type Work } from '../../shared/engine/execution/remediate.ts';
import type { Run } from '../../shared/engine/run/run.ts';
import { boxScene } from './box-run.ts';
import { lidClosed, type World } from './fake-resource.ts';

export const workOf = (run: Run, control: AnyControl = lidClosed, rest: Partial<Work> = {}): Work => {
  const evaluated = run.evaluate(control);
  const { steps } = run.plan(control, evaluated);
  return { control, evaluated, steps, heldBack: null, approved: null, ...rest };
};

export type RemediateScene = ReturnType<typeof remediateScene>;

/** A box, and plans that are carried out on it. */
export function remediateScene(world?: World) {
  const scene = boxScene(world);
  const { engine } = scene;
  return {
    ...scene,
    /** Carries the plan of a control out, and writes what it has decided. */
    async carryOut(control: AnyControl = lidClosed, rest: Partial<Work> = {}) {
      const run = await scene.run([control]);
      const progress = await remediate(run, workOf(run, control, rest));
      await run.draft.write();
      return { run, progress };
    },
    records: () => Array.fromAsync(engine.ledger.remediations()),
    operations: () => scene.world.calls.map(({ operation }) => operation),
    placesOf: async (scope: string) => (await engine.ledger.breakers.all()).get(scope)?.times.length ?? 0,
    state: async () => (await scene.session()).state,
    /** Does something before each call that is made on the account. */
    beforeCalls(hook: () => Promise<void>): void {
      const { aws } = engine;
      const hooked: typeof aws = (region) => (client, elsewhere) => {
        const inner = aws(region)(client, elsewhere) as { send(command: object): Promise<unknown> };
        return Object.assign(Object.create(inner as object), {
          async send(command: object) {
            await hook();
            return inner.send(command);
          },
        });
      };
      Object.assign(engine, { aws: hooked });
    },
  };
}
