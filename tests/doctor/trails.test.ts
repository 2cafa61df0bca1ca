import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { expect, test } from '@jest/globals';
import { diagnose } from '../../shared/doctor/run.ts';
import { trails } from '../../shared/doctor/trails.ts';
import type { Aws } from '../../shared/resource.ts';
import { deploymentWith } from '../support/doctor-context.ts';
import { testEngine } from '../support/engine.ts';

const OWN = 'arn:aws:cloudtrail:eu-west-1:111122223333:trail/main';
const ORGANIZATION = 'arn:aws:cloudtrail:eu-west-1:999988887777:trail/organization';
const ALL = { EventSelectors: [{ ReadWriteType: 'All', IncludeManagementEvents: true, DataResources: [] }] };

type Answers = Readonly<Record<string, Readonly<Record<string, unknown>>>>;
const recording = (arn: string, multiRegion = true): Answers[string] => ({
  GetTrailCommand: { Trail: { TrailARN: arn, Name: arn, HomeRegion: 'eu-west-1', IsMultiRegionTrail: multiRegion } },
  GetTrailStatusCommand: { IsLogging: true },
  GetEventSelectorsCommand: { TrailARN: arn, ...ALL },
});

const DENIED = Object.assign(new Error('Not you.'), { name: 'AccessDeniedException' });

/** What doctor says where these trails answer so; a trail without answers cannot be read. */
async function said(answers: Answers, arns: readonly string[]) {
  const send = async (command: { readonly constructor: { readonly name: string }; readonly input: object }) => {
    if (command.constructor.name === 'ListTrailsCommand') return { Trails: arns.map((TrailARN) => ({ TrailARN })) };
    if (command.constructor.name === 'DescribeTrailsCommand') return { trailList: [] };
    // Our own are asked for by name.
    const [asked = ''] = Object.values(command.input);
    const [, answering] = Object.entries(answers).find(([arn]) => arn.endsWith(asked)) ?? [];
    const answer = answering?.[command.constructor.name];
    if (answer === undefined) throw Object.assign(new Error('Not you.'), { name: 'ThrottlingException' });
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const engine = testEngine(() => (() => Object.assign(new CloudTrailClient({}), { send })) as unknown as Aws);
  const context = { engine, home: 'eu-west-1', deployment: deploymentWith(), table: 't', topicArn: undefined };
  return (await Array.fromAsync(diagnose([trails], context))).map(({ status, message }) => [status, message]);
}

test('a trail that cannot be read hides nothing where another records every region', async () => {
  expect(await said({ [OWN]: recording(OWN) }, [OWN, ORGANIZATION])).toEqual([['ok', 'recorded by main']]);
});

test('where it may be the one that records, nobody can say', async () => {
  const states = await said({ [OWN]: recording(OWN, false) }, [OWN, ORGANIZATION]);
  expect(states).toEqual([
    ['error', expect.stringMatching(/^could not be checked: .*organization \(ThrottlingException: Not you\.\)/)],
  ]);
});

test('where all can be read, what is blind is named', async () => {
  expect(await said({ [OWN]: recording(OWN, false) }, [OWN])).toEqual([
    ['error', 'changes in us-east-1 go unseen: no trail records them'],
  ]);
});

test("an organization's trail whose selectors are hidden counts while it is logging, and no longer", async () => {
  const hidden = (IsLogging: boolean) => ({
    ...recording(ORGANIZATION),
    GetTrailStatusCommand: { IsLogging },
    GetEventSelectorsCommand: DENIED,
  });
  expect(await said({ [ORGANIZATION]: hidden(true) }, [ORGANIZATION])).toEqual([
    [
      'ok',
      'recorded by organization of account 999988887777, which does not show all of it here: GetEventSelectors (AccessDeniedException)',
    ],
  ]);
  expect(await said({ [ORGANIZATION]: hidden(false) }, [ORGANIZATION])).toEqual([
    ['error', 'changes in any region go unseen: the trail organization is not logging'],
  ]);
});

test('a trail that stopped, or that records reads only, is named', async () => {
  const stopped = { ...recording(OWN), GetTrailStatusCommand: { IsLogging: false } };
  const readOnly = {
    ...recording(OWN),
    GetEventSelectorsCommand: {
      TrailARN: OWN,
      EventSelectors: [{ ReadWriteType: 'ReadOnly', IncludeManagementEvents: true, DataResources: [] }],
    },
  };
  expect(await said({ [OWN]: stopped }, [OWN])).toEqual([
    ['error', 'changes in any region go unseen: the trail main is not logging'],
  ]);
  expect(await said({ [OWN]: readOnly }, [OWN])).toEqual([
    ['error', 'changes in any region go unseen: the trail main does not record write management events'],
  ]);
});

test('an excluded source that no other trail records is named, unless its calls set nothing', async () => {
  const excluding = (...sources: string[]) => ({
    ...recording(OWN),
    GetEventSelectorsCommand: { TrailARN: OWN, EventSelectors: [{ ExcludeManagementEventSources: sources }] },
  });
  const keys = 'no trail records the events of kms.amazonaws.com: the daily sweep alone sees its changes';
  expect(await said({ [OWN]: excluding('kms.amazonaws.com', 'rdsdata.amazonaws.com') }, [OWN])).toEqual([
    ['warning', keys],
  ]);
  expect(await said({ [OWN]: excluding('rdsdata.amazonaws.com') }, [OWN])).toEqual([['ok', 'recorded by main']]);
  const both = { [OWN]: excluding('kms.amazonaws.com'), [ORGANIZATION]: recording(ORGANIZATION) };
  expect(await said(both, [OWN, ORGANIZATION])).toEqual([['ok', 'recorded by main; organization']]);
});
