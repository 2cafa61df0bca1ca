import { beforeEach, describe, expect, test } from '@jest/globals';
import type { AnyControl, Opinion } from '../../../shared/control.ts';
import { approve } from '../../../shared/engine/reconcile/approvals.ts';
import { reconcile } from '../../../shared/engine/reconcile/reconciler.ts';
import type { PolicyDocument } from '../../../shared/policy/policy.ts';
import { policyFrom } from '../../../shared/policy/settings.ts';
import { callOf } from '../../../shared/step.ts';
import { MINUTE_MS } from '../../../shared/time.ts';
import { type BoxScene, boxScene } from '../../support/box-run.ts';
import { type Box, BoxClient, box, CAUSE, lidClosed, named, REF, subjectOf } from '../../support/fake-resource.ts';

const OPEN = '{"open":true}';
const CLOSED = '{"open":false}';
const PUBLIC = { isPublic: true, says: 'It is public.' };
const PRIVATE = { isPublic: false, says: 'It is private.' };

type Check = NonNullable<AnyControl['publicAccessCheck']>;
const lidOf = (state: object, indent = 0) => JSON.stringify((state as Box).lid, null, indent);
/** Here the lid is a policy, which is public where it is open. */
const check: Check = {
  grants: {},
  async ask(aws, policy) {
    expect(aws(BoxClient).world).toBe(scene.world);
    asked.push(policy);
    const answer = says.get(policy) ?? (policy === OPEN ? PUBLIC : PRIVATE);
    if (answer instanceof Error) throw answer;
    return answer;
  },
  policies: (state) => [lidOf(state)],
  edits: (state, steps) =>
    steps.some((one) => callOf(one).operation === 'CloseLid') ? [{ before: lidOf(state), after: CLOSED }] : [],
};
const checked: AnyControl = { ...lidClosed, publicAccessCheck: check };
const withCheck = (rest: Partial<Check>): AnyControl => ({ ...lidClosed, publicAccessCheck: { ...check, ...rest } });

type Answer = Opinion | Error;
let scene: BoxScene;
/** The policies that Access Analyzer was asked about. */
let asked: string[];
/** What it says of them, where that is not what everybody expects. */
let says: Map<string, Answer>;

const policyOf = (document: PolicyDocument) => Object.assign(scene.engine, { policy: policyFrom(document) });

beforeEach(() => {
  scene = boxScene();
  asked = [];
  says = new Map();
  policyOf({ defaults: { mode: 'remediate', checkNoPublicAccess: true } });
});

const run = async (control = checked) => (await reconcile(subjectOf(control), CAUSE, scene.engine))[0];
const operations = () => scene.world.calls.map(({ operation }) => operation);
const records = () => Array.fromAsync(scene.engine.ledger.remediations());
const notified = () => scene.engine.notified.map(({ result }) => [result.outcome, result.annotation]);
const refused = (status: number, name: string) =>
  Object.assign(named(name), { $metadata: { httpStatusCode: status, attempts: 1 } });

describe('Access Analyzer', () => {
  test('that agrees is asked about the policy as it is and as it is planned, and not about what is read back as planned', async () => {
    expect(await run()).toMatchObject({ outcome: 'remediated', annotation: 'The lid is open.' });
    expect(asked).toEqual([OPEN, CLOSED]);
    expect(operations()).toEqual(['CloseLid']);
  });

  test('is asked nothing of what is removed', async () => {
    const edits = () => [{ before: OPEN, after: null }];
    expect(await run(withCheck({ edits, policies: () => [] }))).toMatchObject({ outcome: 'remediated' });
    expect(asked).toEqual([OPEN]);
  });

  test.each<[string, PolicyDocument]>([
    ['policy.yml does not say so', { defaults: { mode: 'remediate' } }],
    [
      'policy.yml excepts the control',
      {
        defaults: { mode: 'remediate', checkNoPublicAccess: true },
        controls: { [lidClosed.id]: { checkNoPublicAccess: false } },
      },
    ],
  ])('is not asked where %s', async (_, document) => {
    policyOf(document);
    expect(await run()).toMatchObject({ outcome: 'remediated' });
    expect(asked).toEqual([]);
  });

  test.each<[string, AnyControl]>([
    ['is about no policy', lidClosed],
    ['edits none', withCheck({ edits: () => [] })],
  ])('is not asked by a control that %s', async (_, control) => {
    expect(await run(control)).toMatchObject({ outcome: 'remediated' });
    expect(asked).toEqual([]);
  });

  test('is not asked where another gate stops the write, or another run is at work', async () => {
    const settings = { checkNoPublicAccess: true };
    for (const mode of ['detect', 'approve'] as const) {
      policyOf({ defaults: { mode, ...settings } });
      await run();
    }
    policyOf({ defaults: { mode: 'remediate', ...settings } });
    Object.assign(scene.engine, { ceiling: 'detect' });
    await run();
    Object.assign(scene.engine, { ceiling: 'remediate' });
    await scene.engine.ledger.pause({ control: null, reason: '', by: '', at: '' });
    expect(await run()).toMatchObject({ outcome: 'halted' });
    await scene.engine.ledger.resume(null);
    await scene.run([checked]);
    expect(await run()).toMatchObject({ annotation: expect.stringMatching(/^Another run is working/) });
    expect(asked).toEqual([]);
  });
});

describe('where it disagrees', () => {
  const DISAGREES = `Not remediated: IAM Access Analyzer disagrees. It is private. The lid is open.`;

  test('that the policy is public, nothing is written, and people are notified once', async () => {
    says.set(OPEN, PRIVATE);
    for (const _ of ['first', 'second'])
      expect(await run()).toMatchObject({
        outcome: 'detected',
        after: 'NON_COMPLIANT',
        annotation: DISAGREES,
        error: null,
      });
    expect(operations()).toEqual([]);
    expect(asked).toEqual([OPEN, OPEN]);
    expect(notified()).toEqual([['detected', DISAGREES]]);
    expect([await records(), await scene.engine.ledger.breakers.all()]).toEqual([[], new Map()]);
    expect(scene.engine.sent).toEqual([]);
  });

  test('that the plan closes the policy, nothing is written', async () => {
    says.set(CLOSED, PUBLIC);
    expect(await run()).toMatchObject({
      outcome: 'detected',
      annotation: expect.stringMatching(/says that the policy would stay public\. It is public\. The lid/),
    });
    expect(operations()).toEqual([]);
  });

  test('it stops an approved plan too', async () => {
    policyOf({ defaults: { mode: 'approve', checkNoPublicAccess: true } });
    says.set(OPEN, PRIVATE);
    const { remediationId } = (await run()) ?? {};
    const result = await approve(remediationId ?? '', 'ann', scene.engine, [checked]);
    expect(result).toMatchObject({ outcome: 'detected', annotation: DISAGREES });
    expect(operations()).toEqual([]);
  });

  test('and agrees later, the drift is remediated', async () => {
    says.set(OPEN, PRIVATE);
    await run();
    says.clear();
    expect(await run()).toMatchObject({ outcome: 'remediated' });
  });
});

describe('without an opinion nothing is written', () => {
  const noOpinion = (name: string) =>
    `Not remediated: IAM Access Analyzer gave no opinion (${name} of CheckNoPublicAccess)`;

  test.each([OPEN, CLOSED])('where it is denied on %s, and it is not asked again by itself', async (policy) => {
    says.set(policy, refused(403, 'AccessDeniedException'));
    const annotation = `${noOpinion('AccessDeniedException')}. The lid is open.`;
    expect(await run()).toMatchObject({ outcome: 'detected', annotation });
    expect(operations()).toEqual([]);
    expect(notified()).toEqual([['detected', annotation]]);
    expect(scene.engine.sent).toEqual([]);
  });

  test.each<[string, Error]>([
    ['is throttled', refused(429, 'ThrottlingException')],
    ['is throttled by another name', refused(400, 'ThrottlingException')],
    ['fails', refused(500, 'InternalServerException')],
    ['is not reached', named('TimeoutError')],
    ['gives no answer', named('IncompleteAnswerError')],
  ])('where it %s, and it is asked again after 15 minutes', async (_, error) => {
    says.set(OPEN, error);
    const annotation = `${noOpinion(error.name)}; it is asked again after 15 minutes. The lid is open.`;
    expect(await run()).toMatchObject({ outcome: 'detected', annotation, error: null });
    expect(operations()).toEqual([]);
    expect(notified()).toEqual([['detected', annotation]]);
    const at = scene.now() + 15 * MINUTE_MS;
    expect(scene.engine.sent).toMatchObject([{ service: box.service.id, detail: { resourceId: REF.resourceId } }]);
    expect((await scene.session()).state.recheckAt).toBe(at);
    says.clear();
    scene.later(15 * MINUTE_MS);
    expect(await run()).toMatchObject({ outcome: 'remediated' });
    expect((await scene.session()).state.recheckAt).toBeNull();
  });
});

describe('a policy that is read back other than planned', () => {
  const OTHER = '{"open":false,"note":"by somebody else"}';
  const other = () => {
    scene.world.onCall = () => {
      scene.world.box = { lid: JSON.parse(OTHER), lock: { on: true }, label: { text: '' } };
    };
  };

  test('is asked about, and nothing is said where it is not public', async () => {
    other();
    expect(await run()).toMatchObject({ outcome: 'remediated', annotation: 'The lid is open.' });
    expect(asked).toEqual([OPEN, CLOSED, OTHER]);
  });

  test.each<[string, Answer, string]>([
    ['is public', PUBLIC, 'disagrees on the policy as it was read back. It is public.'],
    [
      'is not judged',
      refused(403, 'AccessDeniedException'),
      'gave no opinion on the policy as it was read back (AccessDeniedException of CheckNoPublicAccess).',
    ],
  ])('and %s: it is remediated, and people are notified of that', async (_, answer, words) => {
    other();
    says.set(OTHER, answer);
    const annotation = `IAM Access Analyzer ${words} The lid is open.`;
    expect(await run()).toMatchObject({ outcome: 'remediated', annotation });
    expect(notified()).toEqual([['remediated', annotation]]);
    expect(await records()).toMatchObject([{ status: 'remediated' }]);
  });

  test('only in its spacing is not asked about', async () => {
    expect(await run(withCheck({ policies: (state) => [lidOf(state, 2)] }))).toMatchObject({ outcome: 'remediated' });
    expect(asked).toEqual([OPEN, CLOSED]);
  });
});
