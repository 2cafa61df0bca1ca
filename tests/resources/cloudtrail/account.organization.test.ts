import { beforeEach, describe, expect, test } from '@jest/globals';
import { awsClients } from '../../../shared/aws/clients.ts';
import multiRegion from '../../../shared/controls/cloudtrail/cloudtrail-multi-region-trail-enabled.ts';
import loggingEnabled from '../../../shared/controls/cloudtrail/cloudtrail-trail-logging-enabled.ts';
import { receive } from '../../../shared/engine/intake/reconcile-change.ts';
import { Unreadable } from '../../../shared/resource.ts';
import { cloudtrailAccount } from '../../../shared/resources/cloudtrail/account.ts';
import { type Alteration, isWrite, wireTo } from '../../support/aws-proxy.ts';
import { testEngine } from '../../support/engine.ts';
import { SAMPLE_ACCOUNT, sampleEvent } from '../../support/samples.ts';
import { testAccount } from '../../support/sandbox.ts';

const MANAGEMENT = '444455556666';
const ARN = `arn:aws:cloudtrail:us-east-1:${MANAGEMENT}:trail/organization`;
const SHADOW = {
  Name: 'organization',
  TrailARN: ARN,
  HomeRegion: 'us-east-1',
  S3BucketName: 'organization-logs',
  IsMultiRegionTrail: true,
  IncludeGlobalServiceEvents: true,
  IsOrganizationTrail: true,
  HasCustomEventSelectors: false,
};

const wire = await wireTo(process.env.EVENKEEL_TEST_ENDPOINT ?? '');
const account = await testAccount();
process.env.AWS_ENDPOINT_URL = wire.endpoint;
const clients = awsClients();
const ref = { resourceType: cloudtrailAccount.type, resourceId: account.accountId, ...account };
const own = ARN.replace(MANAGEMENT, account.accountId);

/** What CloudTrail answers, by operation: the content, or the name of an error. */
type Answers = Readonly<Record<string, object | string>>;

/** A name that begins another's comes after it. */
const altered = (answers: Answers): readonly Alteration[] =>
  Object.entries(answers)
    .toSorted(([a], [b]) => b.length - a.length)
    .map(([operation, answer]) => ({
      call: `cloudtrail:${operation}`,
      status: typeof answer === 'string' ? 400 : 200,
      change: () => JSON.stringify(typeof answer === 'string' ? { __type: answer, message: 'Not you.' } : answer),
    }));

/** A member account to which everything of the trail is shown. */
const SHOWN: Answers = {
  ListTrails: { Trails: [{ TrailARN: ARN, Name: 'organization', HomeRegion: 'us-east-1' }] },
  DescribeTrails: { trailList: [SHADOW] },
  GetTrail: { Trail: SHADOW },
  GetTrailStatus: { IsLogging: true },
  GetEventSelectors: { TrailARN: ARN, EventSelectors: [{ ReadWriteType: 'All', IncludeManagementEvents: true }] },
};
/** A member account whose list leaves out the trail. */
const UNLISTED: Answers = { ...SHOWN, ListTrails: { Trails: [] } };

const read = (answers: Answers) => {
  wire.alter(altered(answers));
  return cloudtrailAccount.facets.trails.read(clients(account.region), ref);
};

beforeEach(() => {
  wire.take();
});

describe("an organization's trail", () => {
  test('is asked for by its ARN, in its home region, where the list leaves it out', async () => {
    expect(await read(UNLISTED)).toMatchObject([
      {
        arn: ARN,
        owner: MANAGEMENT,
        isOwn: false,
        isMultiRegion: true,
        isLogging: true,
        selectors: { basic: [{ ReadWriteType: 'All' }], advanced: [] },
        hidden: [],
      },
    ]);
  });

  test.each(['AccessDeniedException', 'TrailNotFoundException', 'CloudTrailARNInvalidException'])(
    'shows by DescribeTrails what GetTrail and GetEventSelectors refuse by %s',
    async (refusal) => {
      expect(await read({ ...UNLISTED, GetTrail: refusal, GetEventSelectors: refusal })).toMatchObject([
        { isMultiRegion: true, isLogging: true, selectors: { basic: [], advanced: [] }, hidden: [] },
      ]);
      const selecting = { DescribeTrails: { trailList: [{ ...SHADOW, HasCustomEventSelectors: true }] } };
      expect(await read({ ...UNLISTED, ...selecting, GetEventSelectors: refusal })).toMatchObject([
        { selectors: null, hidden: [`GetEventSelectors (${refusal})`] },
      ]);
    },
  );

  test('whose home region is forbidden shows by its shadow in this region whether it logs', async () => {
    const refuse = (call: string): Alteration => ({
      call: `cloudtrail:${call}`,
      region: 'us-east-1',
      status: 400,
      change: () =>
        JSON.stringify({ __type: 'AccessDeniedException', message: 'explicit deny in a service control policy' }),
    });
    wire.alter([...['GetTrailStatus', 'GetTrail', 'GetEventSelectors'].map(refuse), ...altered(UNLISTED)]);
    expect(await cloudtrailAccount.facets.trails.read(clients(account.region), ref)).toMatchObject([
      { isMultiRegion: true, isLogging: true, selectors: { basic: [], advanced: [] }, hidden: [] },
    ]);
  });

  test('of which nothing but its name is shown hides the rest, and names what refused', async () => {
    const refused = { GetTrail: 'TrailNotFoundException', GetTrailStatus: 'AccessDeniedException' };
    const listed = { ...SHOWN, DescribeTrails: { trailList: [] } };
    expect(await read({ ...listed, ...refused, GetEventSelectors: 'CloudTrailARNInvalidException' })).toEqual([
      {
        arn: ARN,
        name: 'organization',
        owner: MANAGEMENT,
        homeRegion: 'us-east-1',
        isOwn: false,
        isMultiRegion: null,
        includesGlobalServices: null,
        isLogging: null,
        selectors: null,
        hidden: [
          'GetTrail (TrailNotFoundException)',
          'GetTrailStatus (AccessDeniedException)',
          'GetEventSelectors (CloudTrailARNInvalidException)',
        ],
      },
    ]);
  });

  test('whose answer passes is a part that could not be read, and names itself', async () => {
    const [trail, ...others] = await read({ ...SHOWN, GetTrailStatus: 'ThrottlingException' });
    expect(others).toEqual([]);
    expect(trail).toBeInstanceOf(Unreadable);
    expect(trail).toMatchObject({ unreadable: expect.stringContaining(`${ARN}: ThrottlingException`) });
  });

  test.each(['ListTrails', 'DescribeTrails'])(
    'is read where %s is denied, which is a part of its own',
    async (list) => {
      const [trail, unlisted, ...others] = await read({ ...SHOWN, [list]: 'AccessDeniedException' });
      expect(others).toEqual([]);
      expect(trail).toMatchObject({ arn: ARN, isLogging: true });
      expect(unlisted).toMatchObject({ unreadable: expect.stringContaining(list) });
    },
  );

  test.each(Object.keys(SHOWN))('is not taken for anything where %s answers with nothing', async (operation) => {
    const parts = await read({ ...SHOWN, [operation]: {} });
    const unreadable = parts.flatMap((part) => (part instanceof Unreadable ? [part.unreadable] : []));
    expect(unreadable).toEqual([expect.stringContaining(`IncompleteAnswerError: ${operation} answered without`)]);
  });

  test('is no trail of our own, one of which that was deleted after it was listed is left out', async () => {
    const listed = { ListTrails: { Trails: [{ TrailARN: own }] }, DescribeTrails: { trailList: [] } };
    expect(await read({ ...SHOWN, ...listed, GetTrail: 'TrailNotFoundException' })).toEqual([]);
  });
});

describe('in a member account, with all that a new trail would need', () => {
  const received = async (answers: Answers) => {
    wire.alter(altered(answers));
    const engine = testEngine(clients, 'remediate', { parameters: { s3BucketName: 'audit-logs' } });
    const event = sampleEvent('cloudtrail/StopLogging', { [SAMPLE_ACCOUNT]: account.accountId });
    const options = { controls: [multiRegion, loggingEnabled], fallback: account, home: account.region };
    const results = await Array.fromAsync(receive(event, engine, options));
    return { results: results.flat().filter(({ controlId }) => controlId === multiRegion.id), engine };
  };
  const hidden = { GetTrail: 'TrailNotFoundException', GetTrailStatus: 'CloudTrailARNInvalidException' };

  test.each<[string, Answers, string | RegExp]>([
    ['one trail that records it all', UNLISTED, 'compliant'],
    [
      'a trail of which only DescribeTrails says what it selects',
      { ...UNLISTED, GetEventSelectors: 'AccessDeniedException' },
      'compliant',
    ],
    ['a trail that does not show whether it logs', { ...UNLISTED, ...hidden }, 'notApplicable'],
    ['a trail that is only listed', { ...SHOWN, ...hidden, DescribeTrails: { trailList: [] } }, 'notApplicable'],
    ['a list that could not be read', { ...UNLISTED, DescribeTrails: 'AccessDeniedException' }, /^(failed|blocked)$/],
    ['a trail that was stopped', { ...UNLISTED, GetTrailStatus: { IsLogging: false } }, 'detected'],
  ])('%s: no trail is made', async (_name, answers, outcome) => {
    const { results } = await received(answers);
    expect(results).toMatchObject([{ outcome: expect.stringMatching(outcome), steps: [] }]);
    expect(wire.calls.filter(isWrite)).toEqual([]);
  });

  test('no trail at all is made up for', async () => {
    const { results } = await received({ ListTrails: { Trails: [] }, DescribeTrails: { trailList: [] } });
    expect(results).toMatchObject([{ steps: [{ operation: 'CreateTrail' }, { operation: 'StartLogging' }] }]);
  });
});

test("a deletion of the organization's trail is none of ours: nothing is asked of it, nothing said", async () => {
  wire.alter([]);
  const engine = testEngine(clients);
  const name = `arn:aws:cloudtrail:eu-west-1:${SAMPLE_ACCOUNT}:trail/audit`;
  const event = JSON.parse(
    JSON.stringify(sampleEvent('cloudtrail/DeleteTrail.by-arn'))
      .replaceAll(name, ARN)
      .replaceAll(SAMPLE_ACCOUNT, account.accountId),
  );
  const options = { controls: [loggingEnabled], fallback: account, home: account.region };
  const results = (await Array.fromAsync(receive(event, engine, options))).flat();
  expect(results).toMatchObject([{ resourceId: ARN, outcome: 'notApplicable', steps: [] }]);
  expect(engine.notified).toEqual([]);
  expect(wire.calls).toEqual([]);
});
