import { describe, expect, test } from '@jest/globals';
import { MODES, type Mode, type Step } from '../../../shared/control.ts';
import { refusalOf } from '../../../shared/engine/reconcile/gates.ts';
import { Look } from '../../../shared/engine/reconcile/look.ts';
import { lower } from '../../../shared/engine/reconcile/modes.ts';
import { ACCOUNT, HOUR } from '../../../shared/ledger/breaker.ts';
import type { Ledger } from '../../../shared/ledger/ledger.ts';
import { memoryStore } from '../../../shared/ledger/store.ts';
import { ledgerIn } from '../../../shared/ledger/stored-ledger.ts';
import type { PolicyDocument } from '../../../shared/policy/policy.ts';
import { policyFrom } from '../../../shared/policy/settings.ts';
import type { Ownership } from '../../../shared/resource.ts';
import { testEngine } from '../../support/engine.ts';
import { box, CAUSE, closeLid, lidClosed, named, REF, World } from '../../support/fake-resource.ts';

const EXEMPTION = {
  control: lidClosed.id,
  resource: REF.resourceId,
  owner: 'bob',
  reason: 'a demo',
  expires: '2026-01-01',
};
const RUN_TIME = { ...EXEMPTION, id: 'ex-1', createdAt: '', createdBy: 'ann' };

interface Asked {
  readonly mode?: Mode;
  readonly ceiling?: Mode;
  readonly plan?: readonly Step[];
  readonly approved?: boolean;
  readonly leased?: boolean;
  readonly policy?: PolicyDocument;
  readonly owner?: Partial<Ownership> | Error;
  /** Calls of the ledger that do not answer. */
  readonly down?: keyof Ledger;
  readonly meanwhile?: (ledger: Ledger) => Promise<void>;
}

/** Asks the gates about a lid that is open, on 1 January 2026. */
function stage() {
  let now = Date.parse('2026-01-01T12:00:00Z');
  const ledger = ledgerIn(memoryStore(), () => now);
  const announced: string[] = [];
  const saved: string[] = [];
  async function asked({
    mode = 'remediate',
    ceiling = 'remediate',
    plan = [closeLid()],
    approved = false,
    leased = true,
    policy = {},
    owner = {},
    down,
  }: Asked = {}) {
    const broken = async () => {
      throw named('LedgerDown');
    };
    const watched: Ledger = {
      ...ledger,
      async saveFlap(...given) {
        saved.push('flap');
        await ledger.saveFlap(...given);
      },
      ...(down === undefined ? {} : { [down]: broken }),
    };
    const read = async () => {
      if (owner instanceof Error) throw owner;
      return { tags: {}, service: null, ...owner };
    };
    const resource = { ...box, ownership: { actions: [], read } };
    const control = { ...lidClosed, resource };
    const engine = testEngine((region) => new World({ lid: { open: true } }).aws(region), mode, {
      ledger: watched,
      ceiling,
      clock: { now: () => new Date(now), sleep: async () => {} },
      policy: policyFrom({ defaults: { mode }, ...policy }),
    });
    const look = new Look({ resource, ref: REF, controls: [control] }, CAUSE, engine);
    await look.begin();
    const { refusal } = await refusalOf({ look, control, plan, approved, leased });
    announced.push(...engine.announced.map(({ subject }) => subject));
    return refusal;
  }
  const later = (milliseconds: number) => {
    now += milliseconds;
  };
  return { ledger, asked, announced, saved, later };
}

const asked = (given: Asked = {}) => stage().asked(given);

describe('lower', () => {
  test('is the lesser of two modes, whichever comes first', () => {
    for (const a of MODES)
      for (const b of MODES) {
        expect(MODES.indexOf(lower(a, b))).toBe(Math.min(MODES.indexOf(a), MODES.indexOf(b)));
        expect(lower(a, b)).toBe(lower(b, a));
      }
  });
});

describe('by its mode a remediation', () => {
  test.each<[Mode, object]>([
    ['off', { outcome: 'detected', reason: 'policy.yml sets every control to off.', quiet: true }],
    ['detect', { outcome: 'detected', reason: null }],
    ['approve', { outcome: 'awaitingApproval', reason: null }],
  ])('is refused in mode %s', async (mode, refusal) => {
    expect(await asked({ mode })).toEqual(refusal);
  });

  test('is let through in mode remediate, and in mode approve once a person has approved it', async () => {
    expect(await asked()).toBeNull();
    expect(await asked({ mode: 'approve', approved: true })).toBeNull();
  });

  test('is refused under a ceiling, approved or not', async () => {
    expect(await asked({ ceiling: 'detect', approved: true })).toEqual({ outcome: 'detected', reason: null });
    expect(await asked({ ceiling: 'approve' })).toMatchObject({ outcome: 'awaitingApproval' });
  });

  test.each<Mode>(['approve', 'remediate'])('is a person’s where there is no plan, in mode %s', async (mode) => {
    expect(await asked({ mode, plan: [] })).toEqual({ outcome: 'detected', reason: null });
  });
});

describe('a pause', () => {
  const pause = (control: string | null) => ({ control, reason: 'a launch', by: 'ann', at: '' });

  test.each([[null], [lidClosed.id]])('of %s stops what would act, and says by whom and why', async (control) => {
    const { ledger, asked: ask } = stage();
    await ledger.pause(pause(control));
    for (const mode of ['approve', 'remediate'] as const)
      expect(await ask({ mode, approved: true })).toMatchObject({
        outcome: 'halted',
        reason: 'Paused by ann: a launch.',
      });
    expect(await ask({ mode: 'detect' })).toEqual({ outcome: 'detected', reason: null });
    await ledger.resume(control);
    expect(await ask()).toBeNull();
  });

  test('of another control stops nothing', async () => {
    const { ledger, asked: ask } = stage();
    await ledger.pause(pause('box-locked'));
    expect(await ask()).toBeNull();
  });
});

describe('an exemption', () => {
  const exempted = { outcome: 'exempted', reason: 'Allowed until 2026-01-01 by bob: a demo.', quiet: true };

  test('of policy.yml or of the ledger holds until its last day is over', async () => {
    const { ledger, asked: ask, later } = stage();
    expect(await ask({ policy: { exemptions: [EXEMPTION] } })).toEqual(exempted);
    await ledger.saveExemption(RUN_TIME);
    expect(await ask()).toEqual(exempted);
    later(12 * HOUR - 1);
    expect(await ask()).toEqual(exempted);
    later(1);
    expect(await ask()).toBeNull();
  });

  test.each([
    ['box-1', true],
    ['box-*', true],
    ['arn:aws:box:::box-1', true],
    ['arn:aws:box:::*', true],
    ['*', true],
    ['box', false],
    ['box-1?', false],
    ['arn:aws:box:::box-12', false],
  ])('of %s concerns the resource: %s', async (resource, holds) => {
    const refusal = await asked({ policy: { exemptions: [{ ...EXEMPTION, resource }] } });
    expect(refusal).toEqual(holds ? exempted : null);
  });

  test('of another control does not', async () => {
    expect(await asked({ policy: { exemptions: [{ ...EXEMPTION, control: 'box-locked' }] } })).toBeNull();
  });
});

describe('what others take care of', () => {
  test('is told, and not touched', async () => {
    const refused = (words: string) => ({ outcome: 'detected', reason: expect.stringContaining(words) });
    expect(await asked({ owner: { service: 'EKS' } })).toEqual(refused('Not touched: EKS made it and keeps it.'));
    const owners = { tags: { team: 'data-*' } };
    expect(await asked({ owner: { tags: { team: 'data-lake' } }, policy: { owners } })).toEqual(refused('team=data'));
    expect(await asked({ owner: { tags: { team: 'web' } }, policy: { owners } })).toBeNull();
  });

  test('must be known: where it cannot be read, nothing is written', async () => {
    await expect(asked({ owner: named('AccessDenied') })).rejects.toThrow('AccessDenied');
    expect(await asked({ owner: named('AccessDenied'), mode: 'detect' })).toEqual({
      outcome: 'detected',
      reason: null,
    });
  });

  test('may say by its tags how much may be done', async () => {
    const policy: PolicyDocument = { matches: [{ tags: { stage: 'test' }, mode: 'remediate' }] };
    expect(await asked({ mode: 'detect', policy, owner: { tags: { stage: 'test' } } })).toBeNull();
    expect(await asked({ mode: 'detect', policy, owner: { tags: { stage: 'live' } } })).toMatchObject({
      outcome: 'detected',
    });
  });
});

describe('a flap', () => {
  const limits = { flap: { times: 2, within: '1h' } };
  const flapping = async () => {
    const scene = stage();
    const { ledger } = scene;
    const key = '111122223333|eu-west-1|box|AWS::Box::Box|box-1';
    const times = [Date.parse('2026-01-01T11:40:00Z'), Date.parse('2026-01-01T11:50:00Z')];
    await ledger.saveFlap(key, lidClosed.id, { times, trippedAt: null, lastDrift: 0 });
    return scene;
  };

  test('stops, and names who it was and with which tool', async () => {
    const { asked: ask } = await flapping();
    const refusal = await ask({ policy: { limits } });
    expect(refusal).toMatchObject({ outcome: 'halted', reason: expect.stringContaining('2 times') });
    expect(refusal?.by).toContain('ann with console');
  });

  test('goes on stopping while the drift is seen, and ends by itself after a quiet time', async () => {
    const { asked: ask, later } = await flapping();
    for (let turn = 0; turn < 5; turn += 1) {
      expect(await ask({ policy: { limits } })).toMatchObject({ outcome: 'halted' });
      later(HOUR / 2);
    }
    later(HOUR / 2 + 1);
    expect(await ask({ policy: { limits } })).toBeNull();
  });

  test('that stops us leaves the breaker alone', async () => {
    const { asked: ask, ledger } = await flapping();
    await ask({ policy: { limits } });
    expect(await ledger.breakers.all()).toEqual(new Map());
  });

  test('is not counted by asking', async () => {
    const { asked: ask, saved } = stage();
    for (let turn = 0; turn < 5; turn += 1) expect(await ask({ policy: { limits } })).toBeNull();
    expect(saved).toEqual([]);
  });
});

describe('the breaker', () => {
  const policy: PolicyDocument = { limits: { remediationsPerHour: 2 } };

  test('stops after so many, tells once, and says how to go on', async () => {
    const { asked: ask, announced } = stage();
    expect([await ask({ policy }), await ask({ policy })]).toEqual([null, null]);
    for (let turn = 0; turn < 3; turn += 1)
      expect(await ask({ policy })).toMatchObject({
        outcome: 'halted',
        reason: expect.stringContaining('2 remediations of this control'),
        quiet: true,
      });
    expect(announced).toEqual([`The breaker has opened: ${lidClosed.id}`]);
  });

  test('of the account stops every control', async () => {
    const { ledger, asked: ask, announced } = stage();
    await ledger.breakers.admit([ACCOUNT], 2);
    await ledger.breakers.admit([ACCOUNT], 2);
    expect(await ask({ policy })).toMatchObject({ reason: expect.stringContaining('2 remediations of the account') });
    expect(announced).toEqual(['The breaker has opened: nothing is put right']);
  });

  test('counts nothing that another gate stops, nor what another run is at work on', async () => {
    const { ledger, asked: ask } = stage();
    await ledger.pause({ control: null, reason: '', by: '', at: '' });
    await ask({ policy });
    await ledger.resume(null);
    await ask({ policy, mode: 'detect' });
    await ask({ policy, mode: 'approve' });
    await ask({ policy, owner: { service: 'EKS' } });
    await ask({ policy, leased: false });
    expect(await ledger.breakers.all()).toEqual(new Map());
  });
});

describe('a gate whose store does not answer', () => {
  test.each<keyof Ledger>(['pauses', 'exemptions'])('stops everything that would act: %s', async (down) => {
    await expect(asked({ down })).rejects.toThrow('LedgerDown');
    await expect(asked({ down, mode: 'approve', approved: true })).rejects.toThrow('LedgerDown');
  });
});
