import { expect } from '@jest/globals';
import type { AnyControl, Mode } from '../../shared/control.ts';
import type { Holder, Refusal, Verdict } from '../../shared/engine/reconcile/gates/gate.ts';
import { passGates } from '../../shared/engine/reconcile/gates/index.ts';
import { modeOf } from '../../shared/engine/run/run.ts';
import type { Ledger, Shared } from '../../shared/ledger/ledger.ts';
import type { PolicyDocument } from '../../shared/policy/policy.ts';
import { policyFrom } from '../../shared/policy/settings.ts';
import type { Ownership } from '../../shared/resource.ts';
import { type Step, step } from '../../shared/step.ts';
import { type BoxScene, boxScene } from './box-run.ts';
import { BoxClient, closeLid, lidClosed, REF, TurnKeyCommand } from './fake-resource.ts';
import { remediationOf } from './ledger-fixtures.ts';

/** Exempts the box from its control until the end of the day of the scene. */
export const EXEMPTION = {
  control: lidClosed.id,
  resource: REF.resourceId,
  owner: 'bob',
  reason: 'a demo',
  expires: '2026-01-01',
};
export const turnKey = step(BoxClient, TurnKeyCommand, {}, { elements: ['lock'] });

/** What the gates are asked about; a lid that is open, in mode remediate, where nothing is said. */
export interface Asked {
  readonly mode?: Mode;
  readonly ceiling?: Mode;
  readonly steps?: readonly Step[];
  readonly approved?: boolean;
  readonly decided?: boolean;
  readonly byPerson?: boolean;
  readonly policy?: PolicyDocument;
  readonly owner?: Partial<Ownership> | null;
  readonly control?: AnyControl;
  readonly holders?: readonly Holder[];
  readonly pendingElements?: readonly string[];
}

interface GateScene extends BoxScene {
  readonly ledger: Ledger;
  verdictOf(given?: Asked): Promise<Verdict>;
  /** The refusal, where all is refused or nothing is. */
  asked(given?: Asked): Promise<Refusal | null>;
}

/** Asks all gates about a remediation of the box, on 1 January 2026 at noon. */
export function gateScene(): GateScene {
  const scene = boxScene();
  const { ledger } = scene.engine;
  async function verdictOf({
    mode = 'remediate',
    ceiling = 'remediate',
    steps = [closeLid()],
    approved = false,
    decided = false,
    byPerson = false,
    policy = {},
    owner = {},
    control = lidClosed,
    holders = [],
    pendingElements = [],
  }: Asked = {}): Promise<Verdict> {
    Object.assign(scene.engine, { ceiling, policy: policyFrom({ defaults: { mode }, ...policy }) });
    const run = await scene.run([control], { cause: { byPerson } });
    for (const element of pendingElements)
      run.pendingElements.set(element, remediationOf('rem-1', { recheckAt: '2026-01-01T12:15:00.000Z' }));
    const ownership = owner === null ? null : { tags: {}, service: null, ...owner };
    const verdict = passGates({
      run,
      control,
      evaluated: run.evaluate(control),
      steps,
      shared: run.draft.session.shared as Shared,
      mode: modeOf(run, control, ownership?.tags ?? null),
      ownership,
      approved,
      decided,
      holders,
    });
    await run.draft.write();
    return verdict;
  }
  async function asked(given: Asked = {}) {
    const steps = given.steps ?? [closeLid()];
    const { steps: passed, refusal } = await verdictOf({ ...given, steps });
    expect(passed).toEqual(refusal === null ? steps : []);
    return refusal;
  }
  return { ...scene, ledger, asked, verdictOf };
}

export const refusalOf = (given: Asked = {}): Promise<Refusal | null> => gateScene().asked(given);
