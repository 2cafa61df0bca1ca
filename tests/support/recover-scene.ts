import type { AnyControl } from '../../shared/control.ts';
import { recover } from '../../shared/engine/reconcile/recover.ts';
import { newRecord } from '../../shared/engine/run/record.ts';
import type { Run } from '../../shared/engine/run/run.ts';
import type { Remediation } from '../../shared/ledger/records.ts';
import { HOUR_MS, MINUTE_MS } from '../../shared/time.ts';
import { boxScene } from './box-run.ts';
import { closeLid, GOOD, lidClosed } from './fake-resource.ts';

export const iso = (milliseconds: number) => new Date(milliseconds).toISOString();
export const kindsOfNotices = ({ draft }: Run) => draft.state.outbox.map(({ notice }) => notice.result.outcome);

export type RecoverScene = ReturnType<typeof recoverScene>;

/** A box, and records that runs have left open. */
export function recoverScene() {
  const scene = boxScene();
  /** A record that a run left open, of the lid that is open now. */
  async function leftOpen(rest: Partial<Remediation> = {}, control: AnyControl = lidClosed): Promise<Remediation> {
    const run = await scene.run([control]);
    const evaluated = run.evaluate(control);
    const record = newRecord(run, control, evaluated, [closeLid()], { status: 'applying', mode: 'remediate', ...rest });
    run.draft.save(record);
    await run.draft.release();
    return record;
  }
  return {
    ...scene,
    leftOpen,
    pending: (rest: Partial<Remediation> = {}) =>
      leftOpen({
        status: 'pending',
        recheckAt: iso(scene.now() + MINUTE_MS),
        expires: iso(scene.now() + HOUR_MS),
        ...rest,
      }),
    /** Looks at the box and brings to their end what it can. */
    async recovered(controls: readonly AnyControl[] = [lidClosed]) {
      const run = await scene.run(controls);
      const ended = await recover(run);
      await run.draft.release();
      return { run, ended: Object.fromEntries(ended) };
    },
    statusOf: async ({ id }: Remediation) => (await scene.engine.ledger.remediation(id))?.status,
    close() {
      scene.world.box = GOOD;
    },
  };
}
