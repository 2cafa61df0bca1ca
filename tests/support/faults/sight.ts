import {
  DeleteTrailCommand,
  PutEventSelectorsCommand,
  StartLoggingCommand,
  StopLoggingCommand,
  UpdateTrailCommand,
} from '@aws-sdk/client-cloudtrail';
import { DeleteEventBusCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { dynamoStore } from '../../../shared/ledger/dynamodb.ts';
import { ledgerIn } from '../../../shared/ledger/stored-ledger.ts';
import { STACK, TRAIL } from '../deployed.ts';
import { aimless, drop, dropAll, home, nothing, other, table, trails, turn } from './acts.ts';
import { type Fault, RESTORE } from './fault.ts';

export const sightFaults: readonly Fault[] = [
  {
    name: 'a rule is disabled',
    seed: (account) => turn(account, 'default', false),
    mend: (account) => turn(account, 'default', true),
    expect: {
      what: 'rules',
      state: 'ill',
      says: /^the rule evenkeel-prod-\S+ is disabled$/,
      mend: /^aws events enable-rule --name evenkeel-prod-\S+ --region eu-west-1$/,
    },
  },
  {
    name: 'a rule of the own bus is disabled',
    seed: (account) => turn(account, STACK, false),
    mend: (account) => turn(account, STACK, true),
    expect: {
      what: 'rules',
      state: 'ill',
      says: /^the rule evenkeel-prod-\S+ is disabled$/,
      mend: /^aws events enable-rule --name evenkeel-prod-\S+ --event-bus-name evenkeel-prod --region eu-west-1$/,
    },
  },
  {
    name: 'a rule has gone',
    seed: (account) => drop(account, 'default'),
    expect: { what: 'rules', state: 'ill', says: /^the rule evenkeel-prod-\S+ is missing$/, mend: RESTORE },
  },
  {
    name: 'a rule has lost its target',
    seed: (account) => aimless(account, STACK),
    expect: { what: 'rules', state: 'ill', says: /^the rule evenkeel-prod-\S+ has lost its target$/, mend: RESTORE },
  },
  {
    name: 'the bus of all events has gone',
    async seed(account) {
      await dropAll(account, STACK);
      await home(account)(EventBridgeClient).send(new DeleteEventBusCommand({ Name: STACK }));
    },
    expect: { what: 'rules', state: 'ill', says: /^the event bus evenkeel-prod is missing/, mend: RESTORE },
  },
  {
    name: 'a region has no rule that forwards',
    seed: (account, stack) => dropAll(account, 'default', other(stack)),
    expect: {
      what: 'forwarding',
      state: 'ill',
      says: /^us-east-1: no rule forwards its events to eu-west-1/,
      mend: /^aws cloudformation create-stack-instances --stack-set-name evenkeel-prod-forwarding --accounts \d+ --regions us-east-1 --region eu-west-1$/,
    },
  },
  {
    name: 'a region lacks a rule that the others have',
    seed: (account, stack) => drop(account, 'default', other(stack)),
    expect: {
      what: 'forwarding',
      state: 'ill',
      says: /^us-east-1: the rule evenkeel-prod-forward-1 is missing$/,
      mend: /aws cloudformation delete-stack-instances .*--regions us-east-1 .*create-stack-instances/,
    },
  },
  {
    name: 'a rule that forwards is disabled',
    seed: (account, stack) => turn(account, 'default', false, other(stack)),
    mend: (account, stack) => turn(account, 'default', true, other(stack)),
    expect: {
      what: 'forwarding',
      state: 'ill',
      says: /^us-east-1: the rule evenkeel-prod-forward-1 is disabled$/,
      mend: /^aws events enable-rule --name evenkeel-prod-forward-1 --region us-east-1$/,
    },
  },
  {
    name: 'a rule that forwards has lost its target',
    seed: (account, stack) => aimless(account, 'default', other(stack)),
    expect: {
      what: 'forwarding',
      state: 'ill',
      says: /^us-east-1: the rule evenkeel-prod-forward-1 has lost its target$/,
      mend: /create-stack-instances/,
    },
  },
  {
    name: 'a region cannot be reached',
    seed: nothing,
    answer: {
      call: 'events:ListRules',
      region: 'us-east-1',
      status: 400,
      change: () => '{"__type":"AccessDeniedException","Message":"Not you."}',
    },
    expect: {
      what: 'forwarding',
      state: 'ill',
      says: /^us-east-1: cannot be looked at: AccessDeniedException/,
      mend: /^see the region, and your permissions: events:ListRules/,
    },
  },
  {
    name: 'the trail is stopped',
    seed: (account) => trails(account).send(new StopLoggingCommand({ Name: TRAIL })),
    mend: (account) => trails(account).send(new StartLoggingCommand({ Name: TRAIL })),
    expect: {
      what: 'trails',
      state: 'ill',
      says: /^no event of any region is sent: the trail main is not logging$/,
      mend: /^aws cloudtrail start-logging --name main --region eu-west-1$/,
    },
  },
  {
    name: 'there is no trail',
    seed: (account) => trails(account).send(new DeleteTrailCommand({ Name: TRAIL })),
    expect: {
      what: 'trails',
      state: 'ill',
      says: /^no event of any region is sent: no trail records it$/,
      mend: /^aws cloudtrail create-trail .*&& aws cloudtrail start-logging /,
    },
  },
  {
    name: 'the trail records one region',
    seed: (account) => trails(account).send(new UpdateTrailCommand({ Name: TRAIL, IsMultiRegionTrail: false })),
    expect: {
      what: 'trails',
      state: 'ill',
      says: /^no event of us-east-1, .* is sent: no trail records it$/,
      mend: /^aws cloudtrail update-trail --name main --is-multi-region-trail --region eu-west-1$/,
    },
  },
  {
    name: 'the trail records reads only',
    seed: (account) =>
      trails(account).send(
        new PutEventSelectorsCommand({
          TrailName: TRAIL,
          EventSelectors: [{ ReadWriteType: 'ReadOnly', IncludeManagementEvents: true }],
        }),
      ),
    expect: {
      what: 'trails',
      state: 'ill',
      says: /^no event of any region is sent: the trail main does not select management events that write$/,
      mend: /^aws cloudtrail put-event-selectors --trail-name main --event-selectors '\[\{"ReadWriteType":"All",.*\}\]' --region eu-west-1$/,
    },
  },
  {
    name: 'a region is silent',
    async seed(account, stack) {
      const ago = Date.now() - 3_600_000;
      const { heartbeats } = ledgerIn(dynamoStore(home(account), table(stack)));
      await heartbeats.update(other(stack), (before) => ({
        next: { ...before, sent: ago, waiting: ago },
        answer: null,
      }));
    },
    expect: {
      what: 'heartbeats',
      state: 'ill',
      says: /^us-east-1: silent since \S+: its changes do not arrive$/,
      mend: /the next heartbeat ends it/,
    },
  },
  {
    name: 'an enabled region is not watched',
    seed: nothing,
    answer: { call: 'ec2:DescribeRegions', change: (body) => body },
    expect: {
      what: 'regions',
      state: 'look',
      says: /^enabled, and not watched: .*ap-south-1/,
      mend: /deployment\.yml/,
    },
  },
];
