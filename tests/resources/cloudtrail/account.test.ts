import { CloudTrailClient, CreateTrailCommand, StartLoggingCommand } from '@aws-sdk/client-cloudtrail';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, test } from '@jest/globals';
import { type Aws, Unreadable } from '../../../shared/resource.ts';
import { cloudtrailAccount } from '../../../shared/resources/cloudtrail/account.ts';
import { SAMPLE_ACCOUNT } from '../../support/samples.ts';
import { testAccount } from '../../support/sandbox.ts';
import { expectDeclaredReads, testResource } from '../../support/test-resource.ts';

testResource(cloudtrailAccount, {
  events: {
    'cloudtrail/CreateTrail': [SAMPLE_ACCOUNT],
    'cloudtrail/DeleteTrail': [SAMPLE_ACCOUNT],
    'cloudtrail/UpdateTrail': [SAMPLE_ACCOUNT],
    'cloudtrail/StartLogging': [SAMPLE_ACCOUNT],
    'cloudtrail/StopLogging': [SAMPLE_ACCOUNT],
    'cloudtrail/PutEventSelectors': [SAMPLE_ACCOUNT],
    'cloudtrail/PutEventSelectors.advanced': [SAMPLE_ACCOUNT],
  },
});

test('reads trails of other regions too, with no more than the declared actions', async () => {
  const account = await testAccount();
  const { accountId, region } = account;
  const Bucket = `audit-${accountId}`;
  const CreateBucketConfiguration = { LocationConstraint: 'eu-west-1' } as const;
  await account.aws()(S3Client).send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
  const there = account.aws()(CloudTrailClient, 'us-east-1');
  await there.send(new CreateTrailCommand({ Name: 'everywhere', S3BucketName: Bucket, IsMultiRegionTrail: true }));
  await there.send(new StartLoggingCommand({ Name: 'everywhere' }));
  await account
    .aws()(CloudTrailClient)
    .send(new CreateTrailCommand({ Name: 'one-region', S3BucketName: Bucket }));

  await expectDeclaredReads(cloudtrailAccount, accountId, account);
  const ref = { resourceType: cloudtrailAccount.type, resourceId: accountId, accountId, region };
  expect(await cloudtrailAccount.facets.trails.read(account.aws(), ref)).toEqual([
    {
      arn: `arn:aws:cloudtrail:eu-west-1:${accountId}:trail/one-region`,
      name: 'one-region',
      homeRegion: 'eu-west-1',
      isOwn: true,
      isMultiRegion: false,
      includesGlobalServices: true,
      isLogging: false,
      selectors: { basic: [], advanced: [] },
    },
    {
      arn: `arn:aws:cloudtrail:us-east-1:${accountId}:trail/everywhere`,
      name: 'everywhere',
      homeRegion: 'us-east-1',
      isOwn: true,
      isMultiRegion: true,
      includesGlobalServices: true,
      isLogging: true,
      selectors: { basic: [], advanced: [] },
    },
  ]);
});

describe("an organisation's trail", () => {
  const arn = 'arn:aws:cloudtrail:us-east-1:444455556666:trail/organisation';
  const ref = {
    resourceType: cloudtrailAccount.type,
    resourceId: SAMPLE_ACCOUNT,
    accountId: SAMPLE_ACCOUNT,
    region: 'eu-west-1',
  };
  /** Answers as CloudTrail answers a member account; `refusals` by operation. */
  const member = (refusals: Readonly<Record<string, string>>, listed = [arn]) => {
    const asked: { region: string | undefined; name: string }[] = [];
    const answers: Readonly<Record<string, object>> = {
      ListTrails: { Trails: listed.map((TrailARN) => ({ TrailARN, HomeRegion: 'us-east-1' })) },
      GetTrail: { Trail: { TrailARN: arn, IsMultiRegionTrail: true, IncludeGlobalServiceEvents: true } },
      GetTrailStatus: { IsLogging: true },
      GetEventSelectors: { TrailARN: arn, EventSelectors: [] },
    };
    const aws = ((_client: unknown, region?: string) => {
      const client = Object.create(CloudTrailClient.prototype);
      client.send = async (command: { readonly input: { readonly Name?: string; readonly TrailName?: string } }) => {
        const operation = command.constructor.name.replace(/Command$/, '');
        const name = command.input.Name ?? command.input.TrailName;
        if (name !== undefined) asked.push({ region, name });
        const refusal = refusals[operation];
        if (refusal !== undefined) throw Object.assign(new Error(refusal), { name: refusal });
        return answers[operation];
      };
      return client;
    }) as Aws;
    return { aws, asked };
  };

  test('is asked for by its ARN, in its home region', async () => {
    const { aws, asked } = member({});
    expect(await cloudtrailAccount.facets.trails.read(aws, ref)).toMatchObject([
      { isOwn: false, isLogging: true, selectors: { basic: [], advanced: [] } },
    ]);
    expect(asked).toEqual(Array.from({ length: 3 }, () => ({ region: 'us-east-1', name: arn })));
  });
  test.each(['AccessDeniedException', 'TrailNotFoundException'])('may hide its selectors by %s', async (refusal) => {
    const { aws } = member({ GetEventSelectors: refusal });
    expect(await cloudtrailAccount.facets.trails.read(aws, ref)).toMatchObject([
      { name: 'organisation', selectors: null },
    ]);
  });
  test.each([
    ['GetTrailStatus', 'AccessDeniedException'],
    ['GetTrail', 'TrailNotFoundException'],
    ['GetTrail', 'CloudTrailARNInvalidException'],
  ])('of which %s answers with %s is a part that could not be read, and names itself', async (operation, refusal) => {
    const { aws } = member({ [operation]: refusal });
    const [trail, ...others] = await cloudtrailAccount.facets.trails.read(aws, ref);
    expect(others).toEqual([]);
    expect(trail).toBeInstanceOf(Unreadable);
    expect(trail).toMatchObject({ unreadable: expect.stringContaining(`${arn}: ${refusal}`) });
  });
  test('of our own that was deleted after it was listed is left out', async () => {
    const own = arn.replace('444455556666', SAMPLE_ACCOUNT);
    const { aws } = member({ GetTrail: 'TrailNotFoundException' }, [own]);
    expect(await cloudtrailAccount.facets.trails.read(aws, ref)).toEqual([]);
  });
  test.each(['ListTrails', 'GetTrail', 'GetTrailStatus', 'GetEventSelectors'])(
    'is not taken for anything where %s answers with nothing',
    async (operation) => {
      const { aws } = member({}, [arn]);
      const empty = ((client: never, region?: string) => {
        const made: { send(command: object): Promise<object> } = aws(client, region);
        const send = made.send.bind(made);
        made.send = async (command) => (command.constructor.name === `${operation}Command` ? {} : send(command));
        return made;
      }) as Aws;
      const said = await cloudtrailAccount.facets.trails.read(empty, ref).then(
        ([trail]) => trail instanceof Unreadable && trail.unreadable,
        (error: Error) => `${error.name}: ${error.message}`,
      );
      expect(said).toContain(`IncompleteAnswerError: ${operation} answered without`);
    },
  );
});
