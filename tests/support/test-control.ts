import { describe, expect, test } from '@jest/globals';
import { parsePolicy } from '../../shared/aws/iam/policy-document.ts';
import { LASTING_ERRORS } from '../../shared/aws/lasting-errors.ts';
import type {
  ByHand,
  Context,
  Control,
  Evaluation,
  Mode,
  Parameters,
  ParameterValues,
  Plan,
  State,
} from '../../shared/control.ts';
import { defaultParameters } from '../../shared/policy/defaults.ts';
import type { Facets, RelatedFacets, ResourceRef } from '../../shared/resource.ts';
import { services } from '../../shared/resources/index.ts';
import { callOf, declarationOf, operationOf, type Step, serviceOf } from '../../shared/step.ts';
import { DAY_MS } from '../../shared/time.ts';
import type { Cases, Circumstances, Drift } from './control-cases.ts';
import { frozen } from './frozen.ts';
import { iamActionsOf } from './iam-actions.ts';
import { expectKnownLimit } from './known-limits.ts';
import type { Reads } from './run-control.ts';
import { REGION, SAMPLE_ACCOUNT } from './samples.ts';

const NOW = new Date('2026-01-01T00:00:00Z');
const SDKS = new Set(services.flatMap(({ sdks }) => Object.keys(sdks)));

/** Gives every control the same proof: what is compliant, gone or only detected writes nothing; the plan is exact, pure and undoable; its permissions are those of its calls; a finding stays the same finding. */
export function testControl<
  F extends Facets,
  N extends keyof F & string,
  P extends Parameters,
  M extends keyof F & string = never,
  R extends RelatedFacets = Readonly<Record<never, never>>,
>(control: Control<F, N, M, P, R>, cases: Cases<F, N, M, P, R>): void {
  const { resource } = control;
  const { resourceId, region = REGION, answers = {} } = cases;
  const ref: ResourceRef = { resourceType: resource.type, resourceId, accountId: SAMPLE_ACCOUNT, region };
  const used = new Set<string>();
  let edited = 0;
  /** The engine, loaded when it is needed: what is pure is tested without it. */
  const run = async (
    mode: Mode,
    reads: Reads,
    { parameters = {}, lastKnown: kept, now = NOW, trusted }: Circumstances<F, P> = {},
  ) =>
    (await import('./run-control.ts')).runControl(
      control,
      ref,
      mode,
      { answers, ...reads },
      {
        now,
        parameters,
        ...(kept && { kept }),
        ...(trusted && { trusted }),
      },
    );

  const contextOf = ({ parameters = {}, lastKnown, now = NOW, trusted }: Circumstances<F, P> = {}): Context<F, P> =>
    frozen({
      parameters: { ...defaultParameters(control), ...parameters } as ParameterValues<P>,
      now,
      lastKnown: lastKnown ?? null,
      home: REGION,
      ...(trusted && { trusted }),
    });
  const stateOf = (given: object) => frozen({ ...given, ref }) as never;
  const evaluate = (given: object, circumstances: Circumstances<F, P> = {}) =>
    control.evaluate(stateOf(given), contextOf(circumstances));

  describe(control.id, () => {
    testEach(cases.compliant, 'compliant', ({ parameters, lastKnown, now, trusted, ...given }) => {
      const circumstances = { parameters, lastKnown, now, trusted } as Circumstances<F, P>;
      expect(evaluate(given, circumstances)).toMatchObject({ complianceType: 'COMPLIANT' });
    });

    testEach(cases.notApplicable, 'not applicable', (given) => {
      const { complianceType, annotation } = evaluate(given);
      expect(complianceType).toBe('NOT_APPLICABLE');
      expectKnownLimit(control.id, annotation);
    });

    testEach(cases.unreadable, 'cannot be evaluated', ([given, says]) => {
      expect(() => evaluate(given)).toThrow(expect.objectContaining({ name: 'UnreadableError' }));
      expect(() => evaluate(given)).toThrow(says);
    });

    describeEach(cases.nonCompliant, 'non-compliant', (drift) => {
      const { given, plan, says = '' } = drift;
      const planned = () => control.plan?.(stateOf(given), contextOf(drift)) ?? [];

      test('is so, and says why', () => {
        const { complianceType, annotation, retryAfter } = evaluate(given, drift);
        if (retryAfter !== undefined) expectKnownLimit(control.id, annotation);
        expect({ complianceType, annotation }).toEqual({
          complianceType: 'NON_COMPLIANT',
          annotation: expect.stringMatching(says instanceof RegExp ? says : RegExp(escaped(says))),
        });
        expect(annotation.length).toBeLessThanOrEqual(256);
      });

      test('is planned exactly, and the same each time', () => {
        expectPlan(planned(), drift);
        expect(dataOf(planned())).toEqual(dataOf(planned()));
        if (drift.after !== undefined) expect(evaluate(drift.after, drift).complianceType).toBe('COMPLIANT');
      });

      test('has steps that name what they change, keep to their permissions and can be undone', () => {
        const steps = stepsIn(planned());
        for (const step of steps) expectSound(step, drift.final ?? {});
        if (drift.elements) expect(steps.map(({ elements }) => elements)).toEqual(drift.elements);
        if (drift.undo) expect(callsOf(steps.flatMap(undoOf))).toEqual(drift.undo);
      });

      const check = control.publicAccessCheck;
      if (check !== undefined && plan.length > 0)
        test('can be checked: its policies, and what the plan makes of them, as they are read afterwards', () => {
          const edits = check.edits(stateOf(given), stepsIn(planned()));
          edited += edits.length;
          expect(check.policies(stateOf(given))).toEqual(expect.arrayContaining(edits.map(({ before }) => before)));
          const made = [...check.policies(stateOf(given)), ...edits.flatMap(({ after }) => after ?? [])].map(
            parsePolicy,
          );
          for (const read of check.policies(stateOf({ ...given, ...drift.after })))
            expect(made).toContainEqual(parsePolicy(read));
        });

      test('is one finding as long as the same is wrong', () => {
        const first = evaluate(given, drift);
        const later = evaluate(given, { ...drift, now: new Date((drift.now ?? NOW).getTime() + DAY_MS) });
        expect(later.fingerprint).toBe(first.fingerprint);
        for (const [name, change] of Object.entries(drift.same ?? {}))
          expect({ [name]: fingerprintOf(change) }).toEqual({ [name]: first.fingerprint });
        for (const [name, change] of Object.entries(drift.other ?? {}))
          expect({ [name]: fingerprintOf(change) }).not.toEqual({ [name]: first.fingerprint });

        function fingerprintOf(change: object): string {
          const evaluation = evaluate({ ...given, ...change }, drift);
          expect(evaluation.complianceType).toBe('NON_COMPLIANT');
          return evaluation.fingerprint;
        }
      });

      test('in the engine: is notified and left alone in mode detect', async () => {
        const { result, calls } = await run('detect', { given }, drift);
        expect(result).toMatchObject({
          outcome: 'detected',
          before: 'NON_COMPLIANT',
          after: 'NON_COMPLIANT',
          error: null,
        });
        expect(result?.annotation).toMatch(says);
        expect(calls).toEqual([]);
      });

      test('in the engine: is remediated by exactly the plan', async () => {
        const { result, calls } = await run('remediate', { given, ...afterOf(drift) }, drift);
        expect(calls).toEqual(plan);
        expect(result).toMatchObject(
          plan.length === 0
            ? { outcome: 'detected', after: 'NON_COMPLIANT', error: null }
            : { outcome: 'remediated', before: 'NON_COMPLIANT', after: 'COMPLIANT', error: null },
        );
      });
    });

    describeEach(cases.deleted, 'deleted', (deletion) => {
      const { lastKnown, plan, says = '' } = deletion;
      const context = { ...deletion, lastKnown: lastKnown ?? undefined } as Circumstances<F, P>;
      const evaluated = (): Evaluation | undefined =>
        control.whenDeleted?.evaluate(lastKnown === null ? null : stateOf(lastKnown), contextOf(context));

      test('is non-compliant, and recreated by exactly the plan', () => {
        expect(evaluated()).toMatchObject({ complianceType: 'NON_COMPLIANT' });
        expect(evaluated()?.annotation).toMatch(says);
        const planned = () => control.whenDeleted?.plan(stateOf(lastKnown ?? {}), contextOf(context)) ?? [];
        expectPlan(planned(), deletion);
        for (const step of stepsIn(planned())) expectSound(step, {});
      });

      test('in the engine: is left alone in mode detect, and recreated in mode remediate', async () => {
        const detected = await run('detect', { given: null, lastKnown }, { parameters: deletion.parameters });
        expect(detected.result).toMatchObject({ outcome: 'detected', before: 'NON_COMPLIANT', error: null });
        expect(detected.calls).toEqual([]);
        const reads = { given: null, lastKnown, ...afterOf(deletion) };
        const { result, calls } = await run('remediate', reads, { parameters: deletion.parameters });
        expect(calls).toEqual(plan);
        expect(result).toMatchObject({ outcome: plan.length === 0 ? 'detected' : 'remediated', error: null });
      });
    });

    testEach(cases.compliant, 'in the engine: nothing is written where it is', async (one) => {
      const { parameters, lastKnown, now, trusted, ...given } = one;
      const circumstances = { parameters, lastKnown, now, trusted } as Circumstances<F, P>;
      const { result, calls } = await run('remediate', { given }, circumstances);
      expect(result).toMatchObject({ outcome: 'compliant', before: 'COMPLIANT', after: 'COMPLIANT', error: null });
      expect(calls).toEqual([]);
    });

    test('declares no permission that no plan uses', () => {
      const besides = cases.besides ?? {};
      expect(Object.keys(control.permissions).filter((action) => !used.has(action) && !(action in besides))).toEqual(
        [],
      );
    });

    test('declares the permissions of the calls that undo it, and no others', () => {
      const besides = cases.besides ?? {};
      for (const { client, command, permissions } of control.undoCalls ?? []) {
        const own = iamActionsOf(serviceOf(client), operationOf(command));
        expect(Object.keys({ ...control.permissions, ...permissions })).toEqual(expect.arrayContaining([...own]));
        expect(Object.keys(permissions).filter((action) => !own.includes(action) && !(action in besides))).toEqual([]);
      }
    });

    if (control.publicAccessCheck !== undefined)
      test('edits policies that can be checked', () => {
        expect(edited).toBeGreaterThan(0);
      });

    test('describes itself', () => {
      const { needs, planNeeds = [], lastKnown = [], title, description, rationale, guidance } = control;
      for (const name of [...needs, ...planNeeds]) expect(Object.keys(resource.facets)).toContain(name);
      for (const name of lastKnown) expect(needs).toContain(name);
      expect(planNeeds.filter((name) => (needs as readonly string[]).includes(name))).toEqual([]);
      expect([title, description, rationale, guidance].filter((text) => text.length < 20)).toEqual([]);
      if (control.plan === undefined) expect(control.recommendedMode).toBe('detect');
      for (const { default: value, description: words } of Object.values(control.parameters)) {
        expect(value).toBeDefined();
        expect(words).not.toBe('');
      }
    });
  });

  function expectPlan(planned: Plan, { plan, byHand }: Pick<Drift<F, N, M, P, R>, 'plan' | 'byHand'>): void {
    expect(callsOf(stepsIn(planned))).toEqual(plan);
    const reason = isByHand(planned) ? planned.byHand : null;
    if (reason !== null) expectKnownLimit(control.id, reason);
    if (byHand === undefined) expect(reason).toBeNull();
    else expect(reason).toMatch(byHand);
  }

  const undoOf = (step: Step) => step.undo?.(answers[callOf(step).operation] ?? {}) ?? [];

  /** A step says what it changes and what IAM asks for it, and its undo changes nothing else. */
  function expectSound(step: Step, final: Readonly<Record<string, string>>): void {
    const { service, operation } = callOf(step);
    // Somebody has asked which of its refusals last.
    expect(Object.keys(LASTING_ERRORS)).toContain(`${service}:${operation}`);
    expect(step.elements.length).toBeGreaterThan(0);
    expect(step.elements).not.toContain('');
    for (const action of iamActionsOf(service, operation)) {
      used.add(action);
      expect(Object.keys(step.permissions)).toContain(action);
    }
    expect(control.permissions).toMatchObject(step.permissions);
    expect(operation in final).toBe(step.undo === undefined);
    for (const back of undoOf(step)) {
      expect(SDKS).toContain(callOf(back).service);
      // What is not declared, an undo refuses.
      const isDeclared = declarationOf(callOf(back), ref, control.undoCalls ?? []) !== null;
      expect({ undoCalls: callOf(back), isDeclared }).toMatchObject({ isDeclared: true });
      for (const element of back.elements) expect(step.elements).toContain(element);
    }
  }
}

/** The steps of a control's plan for a state, with the parameters that it has of its own. */
export function stepsOf<
  F extends Facets,
  N extends keyof F & string,
  P extends Parameters,
  M extends keyof F & string = never,
>(control: Control<F, N, M, P>, state: State<F, N | M>): readonly Step[] {
  const parameters = defaultParameters(control) as ParameterValues<P>;
  return stepsIn(control.plan?.(state, { parameters, now: NOW, lastKnown: null }) ?? []);
}

/** One test or block for each case, where there are any: jest's own `each` takes no empty table. */
function testEach<T>(cases: Readonly<Record<string, T>> = {}, what: string, body: (one: T) => void | Promise<void>) {
  for (const [name, one] of Object.entries(cases)) test(`${what}: ${name}`, () => body(one));
}
function describeEach<T>(cases: Readonly<Record<string, T>> = {}, what: string, body: (one: T) => void) {
  for (const [name, one] of Object.entries(cases)) describe(`${what}: ${name}`, () => body(one));
}

const isByHand = (plan: Plan): plan is ByHand => 'byHand' in plan;
const stepsIn = (plan: Plan): readonly Step[] => (isByHand(plan) ? [] : plan);
const callsOf = (steps: readonly Step[]) => steps.map(callOf).map(({ operation, input }) => [operation, input]);
const dataOf = (plan: Plan) => stepsIn(plan).map(callOf);
const afterOf = ({ after }: { readonly after?: object }) => (after === undefined ? {} : { after });
const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
