import { describe, expect, test } from '@jest/globals';
import {
  type AnyControl,
  type Control,
  callOf,
  type Parameters,
  type ParameterValues,
  type Step,
} from '../../shared/control.ts';
import type { Cause } from '../../shared/engine/context.ts';
import { reconcile } from '../../shared/engine/reconcile/reconciler.ts';
import { memoryLedger } from '../../shared/ledger/memory.ts';
import { defaultParameters } from '../../shared/policy/defaults.ts';
import type { Aws, FacetState, Facets, ResourceRef } from '../../shared/resource.ts';
import { testEngine } from './engine.ts';
import { iamActionsOf } from './iam-actions.ts';
import { REGION, SAMPLE_ACCOUNT } from './sandbox.ts';

/** `['RevokeSecurityGroupIngress', {…input}]`. */
type ExpectedStep = readonly [operation: string, input: object];

interface Drift<F extends Facets, N extends keyof F, P extends Parameters> {
  readonly given: Pick<FacetState<F>, N>;
  readonly parameters?: Partial<ParameterValues<P>>;
  /** Exactly these calls, in this order; [] where a person has to decide. */
  readonly plan: readonly ExpectedStep[];
  /** What the resource reads as once the plan is carried out; needed where there is a plan. */
  readonly after?: Pick<FacetState<F>, N>;
  /** A part of the annotation that a reader must find there. */
  readonly says?: string | RegExp;
}

interface Deletion<F extends Facets, N extends keyof F> {
  /** What is known of the resource that is gone; null where nothing is. */
  readonly lastKnown: Partial<Pick<FacetState<F>, N>> | null;
  readonly plan: readonly ExpectedStep[];
  /** What the resource reads as once it is back; needed where there is a plan. */
  readonly after?: Pick<FacetState<F>, N>;
  readonly says?: string | RegExp;
}

interface Cases<F extends Facets, N extends keyof F, P extends Parameters> {
  readonly resourceId: string;
  readonly compliant: Readonly<
    Record<string, Pick<FacetState<F>, N> & { readonly parameters?: Partial<ParameterValues<P>> }>
  >;
  readonly nonCompliant: Readonly<Record<string, Drift<F, N, P>>>;
  readonly notApplicable?: Readonly<Record<string, Pick<FacetState<F>, N>>>;
  /** Deletions that a control with `whenDeleted` mends. */
  readonly deleted?: Readonly<Record<string, Deletion<F, N>>>;
  /** Permissions that no step of the cases uses, with the reason: IAM asks for them beside the call's own. */
  readonly besides?: Readonly<Record<string, string>>;
}

const CAUSE: Cause = {
  eventId: 'e-1',
  eventName: 'Test',
  eventTime: null,
  receivedAt: '2026-01-01T00:00:00.000Z',
  attribution: null,
};

/** Gives every control the same proof: what is compliant, gone or only detected writes nothing; the plan is exact and pure; what the plan calls is what the control declares. */
export function testControl<F extends Facets, N extends keyof F & string, P extends Parameters>(
  control: Control<F, N, P>,
  cases: Cases<F, N, P>,
): void {
  const { resource } = control;
  const ref: ResourceRef = {
    resourceType: resource.type,
    resourceId: cases.resourceId,
    accountId: SAMPLE_ACCOUNT,
    region: REGION,
  };
  const used = new Set<string>();

  /** Runs the real engine on a resource whose facets read as `given` (gone: null) and, after the first call, as `after`. */
  async function run(
    given: object | null,
    mode: 'detect' | 'remediate',
    { after, parameters, lastKnown = null }: { after?: object; parameters?: object; lastKnown?: object | null } = {},
  ) {
    const calls: ReturnType<typeof callOf>[] = [];
    const facets = Object.fromEntries(
      control.needs.map((name) => [
        name,
        {
          actions: [],
          read: async () => {
            const state = calls.length > 0 && after ? after : given;
            if (state === null) throw Object.assign(new Error('It is gone.'), { name: resource.gone[0] });
            return frozen(state as Record<string, unknown>)[name];
          },
        },
      ]),
    );
    const sent: object[] = [];
    const aws = (() => ({
      async send(command: object & { input: object }) {
        sent.push(command);
        calls.push({ service: '', operation: command.constructor.name.replace(/Command$/, ''), input: command.input });
        return { $metadata: { requestId: 'r-1' } };
      },
    })) as unknown as Aws;
    const fake = {
      ...control,
      resource: { ...resource, facets, lastKnown: undefined, ownership: undefined },
    } as unknown as AnyControl;
    const memory = memoryLedger();
    const ledger = { ...memory, recall: async (key: string) => ({ ...(await memory.recall(key)), lastKnown }) };
    const engine = testEngine(() => aws, mode, { parameters: { ...parameters }, ledger });
    const [result] = await reconcile({ resource: fake.resource, ref, controls: [fake] }, CAUSE, engine);
    return { result, calls, engine };
  }

  function expectPermitted(steps: readonly Step[]): void {
    for (const step of steps) {
      const { service, operation } = callOf(step);
      for (const action of iamActionsOf(service, operation)) {
        used.add(action);
        expect(Object.keys(control.permissions)).toContain(action);
      }
    }
  }

  describe(control.id, () => {
    test.each(Object.entries(cases.compliant))('compliant: %s', async (_name, { parameters, ...given }) => {
      const { result, calls } = await run(given, 'remediate', { parameters: parameters ?? {} });
      expect(result).toMatchObject({
        outcome: 'compliant',
        before: 'COMPLIANT',
        after: 'COMPLIANT',
        steps: [],
        error: null,
      });
      expect(calls).toEqual([]);
    });

    for (const [name, given] of Object.entries(cases.notApplicable ?? {}))
      test(`not applicable: ${name}`, async () => {
        const { result, calls } = await run(given, 'remediate');
        expect(result).toMatchObject({ outcome: 'notApplicable', before: 'NOT_APPLICABLE', steps: [], error: null });
        expect(calls).toEqual([]);
      });

    describe.each(Object.entries(cases.nonCompliant))('non-compliant: %s', (_name, drift) => {
      const { given, plan, says = '', parameters = {} } = drift;

      test('is told and left alone in mode detect', async () => {
        const { result, calls, engine } = await run(given, 'detect', { parameters });
        expect(result).toMatchObject({
          outcome: 'detected',
          before: 'NON_COMPLIANT',
          after: 'NON_COMPLIANT',
          error: null,
        });
        expect(result?.annotation).toMatch(says);
        expect(calls).toEqual([]);
        expect(engine.told).toHaveLength(1);
      });

      test('is put right by exactly the plan', async () => {
        const options = drift.after === undefined ? { parameters } : { parameters, after: drift.after };
        const { result, calls } = await run(given, 'remediate', options);
        expect(calls.map(({ operation, input }) => [operation, input])).toEqual(plan);
        expect(result).toMatchObject(
          plan.length === 0
            ? { outcome: 'detected', after: 'NON_COMPLIANT', error: null }
            : { outcome: 'remediated', before: 'NON_COMPLIANT', after: 'COMPLIANT', error: null },
        );
      });

      test('keeps to its permissions', () => {
        const state = { ...frozen(given), ref } as never;
        const values = { ...defaultParameters(control), ...parameters } as ParameterValues<P>;
        expectPermitted(control.plan?.(state, values) ?? []);
      });
    });

    for (const [name, { lastKnown, plan, after, says = '' }] of Object.entries(cases.deleted ?? {}))
      test(`deleted: ${name}`, async () => {
        const known = lastKnown === null ? null : frozen({ ...lastKnown });
        const told = await run(null, 'detect', { lastKnown: known });
        expect(told.result).toMatchObject({ outcome: 'detected', before: 'NON_COMPLIANT', error: null });
        expect(told.result?.annotation).toMatch(says);
        expect(told.calls).toEqual([]);

        const { result, calls } = await run(null, 'remediate', { lastKnown: known, ...(after ? { after } : {}) });
        expect(calls.map(({ operation, input }) => [operation, input])).toEqual(plan);
        expect(result).toMatchObject({ outcome: plan.length === 0 ? 'detected' : 'remediated', error: null });
        if (known !== null)
          expectPermitted(
            control.whenDeleted?.plan({ ...known, ref } as never, defaultParameters(control) as ParameterValues<P>) ??
              [],
          );
      });

    test('declares no permission that no plan uses', () => {
      const unused = Object.keys(control.permissions).filter(
        (action) => !used.has(action) && !(action in (cases.besides ?? {})),
      );
      expect(unused).toEqual([]);
    });

    test('describes itself', () => {
      expect(control.needs.every((name) => name in resource.facets)).toBe(true);
      expect(
        [control.title, control.description, control.rationale, control.guidance].filter((text) => text.length < 20),
      ).toEqual([]);
      if (control.plan === undefined) expect(control.recommendedMode).toBe('detect');
      for (const { default: value, description } of Object.values(control.parameters)) {
        expect(value).toBeDefined();
        expect(description).not.toBe('');
      }
    });
  });
}

/** The value, frozen to the bottom: a control that changes what it was given throws. */
export function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !(value instanceof Date)) {
    Object.values(value).forEach(frozen);
    Object.freeze(value);
  }
  return value;
}
