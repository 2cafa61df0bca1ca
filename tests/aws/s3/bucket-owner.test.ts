import { globSync, readFileSync } from 'node:fs';
import * as sdk from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { awsClients } from '../../../shared/aws/clients.ts';
import { bucketCreatedAt } from '../../../shared/aws/s3/bucket-owner.ts';
import type { AnyControl } from '../../../shared/control.ts';
import { controls } from '../../../shared/controls/s3/index.ts';
import tlsRequired from '../../../shared/controls/s3/s3-bucket-tls-required.ts';
import { receive } from '../../../shared/engine/intake/reconcile-change.ts';
import { defaultParameters } from '../../../shared/policy/defaults.ts';
import { bucket } from '../../../shared/resources/s3/bucket.ts';
import { callOf, type Step } from '../../../shared/step.ts';
import { wireTo } from '../../support/aws-proxy.ts';
import { testEngine } from '../../support/engine.ts';
import { SAMPLE_ACCOUNT, sampleEvent } from '../../support/samples.ts';
import { testAccount } from '../../support/sandbox.ts';

const NAME = 'reports-eu-west-1-111122223333';
const wire = await wireTo(process.env.EVENKEEL_TEST_ENDPOINT ?? '');
const account = await testAccount();
const endpoint = process.env.AWS_ENDPOINT_URL;

const inRegion = { CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' as const } };
const ref = (resourceId: string) => ({
  resourceType: bucket.type,
  resourceId,
  accountId: account.accountId,
  region: account.region,
});

/** The members of a request, by the SDK's own model. */
const membersOf = (operation: string): readonly string[] =>
  (sdk as unknown as Record<string, { readonly 4: readonly string[] }>)[`${operation}Request$`]?.[4] ?? [];

describe('every S3 call names the account that has to own the bucket, where it takes that', () => {
  const seen = new Map<string, object[]>();
  const note = (operation: string, input: object) => seen.set(operation, [...(seen.get(operation) ?? []), input]);

  test('reads', async () => {
    await account
      .aws()(sdk.S3Client)
      .send(new sdk.CreateBucketCommand({ Bucket: `own-${account.accountId}`, ...inRegion }));
    const clients = awsClients()(account.region);
    clients(sdk.S3Client).middlewareStack.add(
      (next, { commandName = '' }) =>
        (args) => {
          note(commandName.replace(/Command$/, ''), args.input);
          return next(args);
        },
      { step: 'initialize' },
    );
    const own = ref(`own-${account.accountId}`);
    for (const { read } of Object.values(bucket.facets)) await read(clients, own);
    await bucket.ownership?.read(clients, own);
    for await (const _ of bucket.list(clients, own));
    expect(seen.size).toBeGreaterThan(5);
  });

  test('writes and undos', () => {
    const noted = (steps: readonly Step[]) => {
      for (const step of steps) {
        const { service, operation, input } = callOf(step);
        if (service === 's3') note(operation, input);
        noted(step.undo?.({}) ?? []);
      }
    };
    // biome-ignore lint/suspicious/noExplicitAny: states of whatever control
    const planned = (control: AnyControl, state: any) => {
      const parameters = { ...defaultParameters(control), kmsKeyArn: 'arn:aws:kms:eu-west-1:111122223333:key/a' };
      const lastKnown = { logging: { LoggingEnabled: { TargetBucket: 'access-logs', TargetPrefix: '' } } };
      const plan = control.plan?.(state, { parameters, now: new Date(), lastKnown }) ?? [];
      noted('byHand' in plan ? [] : plan);
    };
    const nothing = {
      accountPublicAccessBlock: null,
      publicAccessBlock: null,
      website: null,
      policy: null,
      policyStatus: { isPublic: null },
      acl: { Owner: { ID: 'x' }, Grants: [] },
    };
    const something = { ...nothing, publicAccessBlock: {}, policy: '{"Statement":[]}' };
    for (const control of controls.filter(({ resource }) => resource === bucket))
      for (const state of [nothing, something]) planned(control, { encryption: null, ...state, ref: ref(NAME) });
    expect(seen.size).toBeGreaterThan(9);
  });

  test('none is left out', () => {
    // The logs that what-if reads may be another account's, and it only reads.
    const files = globSync('shared/**/*.ts')
      .filter((file) => !file.includes('what-if'))
      .map((file) => readFileSync(file, 'utf8'));
    const imports = files.flatMap((text) => /import \{([^}]*)\} from '@aws-sdk\/client-s3';/.exec(text)?.[1] ?? []);
    const used = imports.join().match(/\b\w+(?=Command\b)|(?<=\bpaginate)\w+/g) ?? [];
    expect([...new Set(used)].sort()).toEqual([...seen.keys()].sort());
    for (const [operation, inputs] of seen) {
      expect({ operation, known: membersOf(operation).length > 0 }).toEqual({ operation, known: true });
      if (membersOf(operation).includes('ExpectedBucketOwner'))
        for (const input of inputs)
          expect({ operation, input }).toMatchObject({ input: { ExpectedBucketOwner: account.accountId } });
    }
  });
});

describe('a bucket to which S3 answers with 403', () => {
  const DENIED = '<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>';
  const denied = (call: string) => ({ call, status: 403, change: () => DENIED });

  const reconciled = async (name: string, control: AnyControl) => {
    const engine = testEngine(awsClients(), 'remediate');
    const event = sampleEvent('s3/PutBucketPolicy', { [NAME]: name, [SAMPLE_ACCOUNT]: account.accountId });
    const results = await Array.fromAsync(
      receive(event, engine, { controls: [control], fallback: account, home: account.region }),
    );
    return { results: results.flat(), engine };
  };

  beforeEach(() => {
    process.env.AWS_ENDPOINT_URL = wire.endpoint;
    wire.take();
  });
  afterEach(() => {
    process.env.AWS_ENDPOINT_URL = endpoint;
  });

  test("and that is not among the account's own is not applicable: nothing is read of it, nothing written", async () => {
    const name = `theirs-${account.accountId}`;
    wire.alter([denied(`GET /${name}`)]);
    const { results, engine } = await reconciled(name, tlsRequired);
    expect(results).toMatchObject([
      {
        outcome: 'notApplicable',
        before: 'NOT_APPLICABLE',
        annotation: `The bucket ${name} belongs to another account.`,
        steps: [],
        error: null,
      },
    ]);
    expect(engine.notified).toEqual([]);
    expect(wire.calls.filter((call) => call.startsWith('PUT'))).toEqual([]);
  });

  test('and that is one of its own is unreadable, also where another begins with its name', async () => {
    const s3 = account.aws()(sdk.S3Client);
    const name = `ours-${account.accountId}`;
    for (const Bucket of [`${name}-2`, name]) await s3.send(new sdk.CreateBucketCommand({ Bucket, ...inRegion }));
    wire.alter([denied(`GET /${name}?`), denied(`GET /${name}/?`)]);
    const { results } = await reconciled(name, tlsRequired);
    expect(results).toMatchObject([{ before: null, after: null, error: expect.stringContaining('AccessDenied') }]);
    expect(results[0]?.outcome).not.toBe('notApplicable');
    expect(wire.calls.filter((call) => call.startsWith('PUT'))).toEqual([]);
  });

  test('is unreadable where its buckets cannot be listed either', async () => {
    wire.alter([denied('GET /')]);
    const { results } = await reconciled(`unknown-${account.accountId}`, tlsRequired);
    expect(results).toMatchObject([{ before: null, error: expect.stringContaining('AccessDenied') }]);
    expect(results[0]?.outcome).not.toBe('notApplicable');
  });
});

test('a bucket of ours says when it was created; what is not ours says nothing', async () => {
  const aws = account.aws();
  const Bucket = `new-${account.accountId}`;
  await aws(sdk.S3Client).send(new sdk.CreateBucketCommand({ Bucket, ...inRegion }));
  await aws(sdk.S3Client).send(new sdk.CreateBucketCommand({ Bucket: `${Bucket}-2`, ...inRegion }));
  const created = await bucketCreatedAt(aws, ref(Bucket));
  expect(Math.abs(Date.now() - (created?.getTime() ?? 0))).toBeLessThan(60_000);
  expect(await bucketCreatedAt(aws, ref('new'))).toBeNull();
});
