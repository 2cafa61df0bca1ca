import { GetPublicAccessBlockCommand, S3Client } from '@aws-sdk/client-s3';
import { beforeAll, describe, expect, test } from '@jest/globals';
import distributionScene from '../../../scenes/cloudfront/cloudfront-distribution-https-required.ts';
import { ALL_BLOCKED } from '../../../scenes/s3/bucket.ts';
import bucketScene from '../../../scenes/s3/s3-bucket-public-access-blocked.ts';
import type { SceneAccount } from '../../../scenes/scene.ts';
import { awsClients } from '../../../shared/aws/clients.ts';
import { sendUndoCall } from '../../../shared/cli/undo-call.ts';
import { controls } from '../../../shared/controls/index.ts';
import type { Engine } from '../../../shared/engine/context.ts';
import { receive } from '../../../shared/engine/intake/reconcile-change.ts';
import { undo } from '../../../shared/engine/undo/undo.ts';
import { orNull } from '../../../shared/resource.ts';
import { type Alteration, wireTo } from '../../support/aws-proxy.ts';
import { ADMIN_PORTS, ingressOf, openedEvent, openGroup } from '../../support/drift.ts';
import { type TestEngine, testEngine } from '../../support/engine.ts';
import { REGION } from '../../support/samples.ts';
import { testAccount } from '../../support/sandbox.ts';

const PUBLIC = 's3-bucket-public-access-blocked';
const HTTPS = 'cloudfront-distribution-https-required';
const account = await testAccount();
const direct = account.aws();
const wire = await wireTo(account.endpoint);
/** Clients behind the wire: the first never asks twice, the others as in production. */
const clients: Record<number, Engine['aws']> = {};
beforeAll(() => {
  for (const attempts of [1, 3]) clients[attempts] = awsClients();
});

const HTML = '<html><body>Welcome</body></html>';
/** What can happen to an answer on the way, after the call took effect, and before it reached the account. */
const FAULTS: Readonly<Record<string, Omit<Alteration, 'call'>>> = {
  'reset after its effect': { isReset: true },
  'reset before its effect': { isReset: true, isWithheld: true },
  'a 500 after its effect': { status: 500, change: () => '' },
  'a 500 before its effect': { status: 500, isWithheld: true },
  'a 503 in HTML after its effect': { status: 503, change: () => HTML },
  'cut off': { change: (body) => (body === '' ? '<Ans' : body.slice(0, body.length / 2)) },
  'HTML in its place': { change: () => HTML },
  'HTML in place of the call': { isWithheld: true, status: 200, change: () => HTML },
  'nothing in its place': { change: () => '' },
};
const withAttempts = (...attempts: readonly number[]) =>
  Object.keys(FAULTS).flatMap((fault) => attempts.map((count) => [fault, count] as const));

/** A resource in drift, and how it looks. */
interface Drifted {
  readonly event: unknown;
  readonly ids: readonly string[];
  readonly call: string;
  state(): Promise<unknown>;
}
let made = 0;

async function group(): Promise<Drifted> {
  made += 1;
  const id = await openGroup(account, `lost-${made}`);
  const state = () => ingressOf(account, [id]);
  return {
    event: openedEvent(account, id, `e-${made}`),
    ids: [ADMIN_PORTS],
    call: 'ec2:RevokeSecurityGroupIngress',
    state,
  };
}

async function bucket(): Promise<Drifted> {
  made += 1;
  const name = (base: string) => `${base}-${made}`;
  const own: SceneAccount = { accountId: account.accountId, region: REGION, aws: direct, name };
  const { happen } = await bucketScene.prepare(own);
  const { event } = await happen();
  const Bucket = `invoices-${made}-${account.accountId}`;
  const read = () => direct(S3Client).send(new GetPublicAccessBlockCommand({ Bucket }));
  const state = async () =>
    (await orNull(read(), 'NoSuchPublicAccessBlockConfiguration'))?.PublicAccessBlockConfiguration ?? null;
  return { event, ids: [PUBLIC], call: `PUT /${Bucket}/?publicAccessBlock`, state };
}

/** Its undo needs what the answer says: the ETag of the new configuration. */
async function distribution(): Promise<Drifted> {
  made += 1;
  const name = (base: string) => `${base}-${made}`;
  const prepared = await distributionScene.prepare({ accountId: account.accountId, region: REGION, aws: direct, name });
  const { event } = await prepared.happen();
  const id = (event as { detail: { requestParameters: { id: string } } }).detail.requestParameters.id;
  return { event, ids: [HTTPS], call: `PUT /2020-05-31/distribution/${id}/config`, state: prepared.state };
}

/** Looks as the queue does, until nothing has failed or waits. */
async function settled(engine: TestEngine, { event, ids }: Drifted): Promise<number> {
  const context = { controls: controls.filter(({ id }) => ids.includes(id)), fallback: account };
  for (let receiveCount = 1; receiveCount < 6; receiveCount += 1) {
    const delivery = { receiveCount, isLastTry: false };
    const results = (await Array.fromAsync(receive(event, engine, { ...context, delivery }))).flat();
    if (results.every(({ outcome }) => !['failed', 'pending'].includes(outcome))) return receiveCount;
  }
  throw new Error('it does not settle');
}

function engineWith(attempts: number): TestEngine {
  const through = clients[attempts] as Engine['aws'];
  return testEngine((region) => through(region), 'remediate');
}

const requestOf = (id: string) => ({ id, by: 'jo', reason: 'a test', expires: '2999-12-31', dryRun: false });

describe.each([
  ['a rule of a security group', group, withAttempts(1, 3)],
  ['the public access block of a bucket', bucket, withAttempts(3)],
  ['a distribution', distribution, [['reset after its effect', 1] as const, ['cut off', 1] as const]],
])('the answer to a write on %s is lost', (_what, drifted, cases) => {
  test.each(cases)('%s, %d attempts: remediated once, notified once, and undone exactly', async (fault, attempts) => {
    const one = await drifted();
    const before = await one.state();
    Object.assign(process.env, { AWS_ENDPOINT_URL: wire.endpoint, AWS_MAX_ATTEMPTS: String(attempts) });
    const engine = engineWith(attempts);
    wire.alter([{ call: one.call, times: 1, ...FAULTS[fault] }]);
    await settled(engine, one);
    const after = await one.state();
    expect(after).not.toEqual(before);
    if (one.ids[0] === PUBLIC) expect(after).toEqual(ALL_BLOCKED);

    expect(engine.notified.map(({ result }) => result.outcome).filter((outcome) => outcome === 'remediated')).toEqual([
      'remediated',
    ]);
    const records = await Array.fromAsync(engine.ledger.remediations());
    const [done, ...others] = records.filter(({ status }) => status === 'remediated');
    expect(others).toEqual([]);
    expect(done?.steps).toMatchObject([{ status: 'made' }]);
    expect(engine.notified.at(-1)?.result.remediationId).toBe(done?.id);

    const call: Parameters<typeof undo>[3] = (undoCall, ref) => sendUndoCall(undoCall, ref, engine.aws(ref.region));
    await undo(requestOf(done?.id ?? ''), engine, controls, call);
    expect(await one.state()).toEqual(before);
  });
});

test('the answer to an undo is lost: the same undo goes on, and all is as it was', async () => {
  for (const fault of Object.keys(FAULTS)) {
    const one = await group();
    const before = await one.state();
    Object.assign(process.env, { AWS_ENDPOINT_URL: wire.endpoint, AWS_MAX_ATTEMPTS: '1' });
    const engine = engineWith(1);
    wire.alter([]);
    await settled(engine, one);
    const [done] = await Array.fromAsync(engine.ledger.remediations());
    wire.alter([{ call: 'ec2:AuthorizeSecurityGroupIngress', times: 1, ...FAULTS[fault] }]);
    const call: Parameters<typeof undo>[3] = (undoCall, ref) => sendUndoCall(undoCall, ref, engine.aws(ref.region));
    const again = () => undo(requestOf(done?.id ?? ''), engine, controls, call);
    await again().catch((error: Error) =>
      // Where the state shows no effect, it says so, and the next one goes on.
      expect([fault, error.name]).toEqual([
        expect.stringMatching(/before its effect|in place of the call/),
        expect.any(String),
      ]),
    );
    if (String(await one.state()) !== String(before)) await again();
    expect([fault, await one.state()]).toEqual([fault, before]);
  }
});
