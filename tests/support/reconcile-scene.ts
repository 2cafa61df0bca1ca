import { expect } from '@jest/globals';
import type { AnyControl, Mode } from '../../shared/control.ts';
import type { Engine } from '../../shared/engine/context.ts';
import { reconcile } from '../../shared/engine/reconcile/reconciler.ts';
import { resourceKey } from '../../shared/ledger/ledger.ts';
import { defaultParameters } from '../../shared/policy/defaults.ts';
import { policyFrom } from '../../shared/policy/settings.ts';
import type { Result } from '../../shared/result.ts';
import { testEngine } from './engine.ts';
import { CAUSE, REF, subjectOf, World } from './fake-resource.ts';
import { RESULT_KEYS } from './result-keys.ts';
import { type Breaks, watchedLedger, watchedNotifier } from './watched-ledger.ts';

export const OPEN = { lid: { open: true } };
export const KEY = resourceKey('box', REF);

interface Setting {
  readonly world?: World;
  readonly mode?: Mode;
  readonly modes?: Readonly<Record<string, Mode>>;
  readonly ceiling?: Mode;
  readonly breaks?: Breaks;
  readonly notifier?: Engine['notifier'];
}

/** An engine on a box, with everything that happens in one log. */
export function scene({
  world = new World(),
  mode = 'remediate',
  modes = {},
  ceiling,
  breaks,
  notifier,
}: Setting = {}) {
  const sleeps: number[] = [];
  let now = Date.parse('2026-01-01T00:00:02Z');
  const { ledger, ...book } = watchedLedger(world, breaks, () => now++);
  const engine = testEngine((region) => world.aws(region), mode, {
    ledger,
    ...(ceiling === undefined ? {} : { ceiling }),
    clock: {
      now: () => new Date(now++),
      async sleep(milliseconds) {
        sleeps.push(milliseconds);
      },
    },
    policy: {
      ...policyFrom(null),
      version: 'v1',
      reach: (control) => modes[control.id] ?? mode,
      settingsFor: (control) => ({
        mode: modes[control.id] ?? mode,
        parameters: defaultParameters(control),
        why: 'the test says so',
      }),
    },
  });
  const notified = engine.notified;
  Object.assign(engine, { notifier: notifier ?? watchedNotifier(world, notified) });
  const run = async (...controls: AnyControl[]): Promise<readonly Result[]> => {
    const results = await reconcile(subjectOf(...controls), CAUSE, engine);
    for (const result of results) expect(Object.keys(result).sort()).toEqual(RESULT_KEYS);
    return results;
  };
  const later = (milliseconds: number) => {
    now += milliseconds;
  };
  return { world, engine, ledger, notified, sleeps, run, later, ...book };
}
/** What was called, in order. */
export const writes = (world: World) => world.calls.map(({ operation }) => operation);
