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
import { type Fault, REVERT_DRIFT } from './fault.ts';

export const sightFaults: readonly Fault[] = [
  {
    name: 'a rule is disabled',
    seed: (account) => turn(account, 'default', false),
    fix: (account) => turn(account, 'default', true),
    expect: {
      check: 'rules',
      status: 'error',
      message: /^the rule evenkeel-prod-\S+ is disabled$/,
      remedy: /^aws events enable-rule --name evenkeel-prod-\S+ --region eu-west-1$/,
    },
  },
  {
    name: 'a rule of the own bus is disabled',
    seed: (account) => turn(account, STACK, false),
    fix: (account) => turn(account, STACK, true),
    expect: {
      check: 'rules',
      status: 'error',
      message: /^the rule evenkeel-prod-\S+ is disabled$/,
      remedy: /^aws events enable-rule --name evenkeel-prod-\S+ --event-bus-name evenkeel-prod --region eu-west-1$/,
    },
  },
  {
    name: 'a rule has gone',
    seed: (account) => drop(account, 'default'),
    expect: {
      check: 'rules',
      status: 'error',
      message: /^the rule evenkeel-prod-\S+ is missing$/,
      remedy: REVERT_DRIFT,
    },
  },
  {
    name: 'a rule has lost its target',
    seed: (account) => aimless(account, STACK),
    expect: {
      check: 'rules',
      status: 'error',
      message: /^the rule evenkeel-prod-\S+ has no target$/,
      remedy: REVERT_DRIFT,
    },
  },
  {
    name: 'the bus of all events has gone',
    async seed(account) {
      await dropAll(account, STACK);
      await home(account)(EventBridgeClient).send(new DeleteEventBusCommand({ Name: STACK }));
    },
    expect: {
      check: 'rules',
      status: 'error',
      message: /^the event bus evenkeel-prod is missing/,
      remedy: REVERT_DRIFT,
    },
  },
  {
    name: 'a region has no rule that forwards',
    seed: (account, stack) => dropAll(account, 'default', other(stack)),
    expect: {
      check: 'forwarding',
      status: 'error',
      message: /^us-east-1: no rule forwards its events to eu-west-1/,
      remedy:
        /^aws cloudformation create-stack-instances --stack-set-name evenkeel-prod-forwarding --accounts \d+ --regions us-east-1 --region eu-west-1$/,
    },
  },
  {
    name: 'a region lacks a rule that the others have',
    seed: (account, stack) => drop(account, 'default', other(stack)),
    expect: {
      check: 'forwarding',
      status: 'error',
      message: /^us-east-1: the rule evenkeel-prod-forward-1 is missing$/,
      remedy: /aws cloudformation delete-stack-instances .*--regions us-east-1 .*create-stack-instances/,
    },
  },
  {
    name: 'a rule that forwards is disabled',
    seed: (account, stack) => turn(account, 'default', false, other(stack)),
    fix: (account, stack) => turn(account, 'default', true, other(stack)),
    expect: {
      check: 'forwarding',
      status: 'error',
      message: /^us-east-1: the rule evenkeel-prod-forward-1 is disabled$/,
      remedy: /^aws events enable-rule --name evenkeel-prod-forward-1 --region us-east-1$/,
    },
  },
  {
    name: 'a rule that forwards has lost its target',
    seed: (account, stack) => aimless(account, 'default', other(stack)),
    expect: {
      check: 'forwarding',
      status: 'error',
      message: /^us-east-1: the rule evenkeel-prod-forward-1 has no target$/,
      remedy: /create-stack-instances/,
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
      check: 'forwarding',
      status: 'error',
      message: /^us-east-1: could not be checked: AccessDeniedException/,
      remedy: /^check the region, and your permissions: events:ListRules/,
    },
  },
  {
    name: 'the trail is stopped',
    seed: (account) => trails(account).send(new StopLoggingCommand({ Name: TRAIL })),
    fix: (account) => trails(account).send(new StartLoggingCommand({ Name: TRAIL })),
    expect: {
      check: 'trails',
      status: 'error',
      message: /^changes in any region go unseen: the trail main is not logging$/,
      remedy: /^aws cloudtrail start-logging --name main --region eu-west-1$/,
    },
  },
  {
    name: 'there is no trail',
    seed: (account) => trails(account).send(new DeleteTrailCommand({ Name: TRAIL })),
    expect: {
      check: 'trails',
      status: 'error',
      message: /^changes in any region go unseen: no trail records them$/,
      remedy: /^aws cloudtrail create-trail .*&& aws cloudtrail start-logging /,
    },
  },
  {
    name: 'the trail records one region',
    seed: (account) => trails(account).send(new UpdateTrailCommand({ Name: TRAIL, IsMultiRegionTrail: false })),
    expect: {
      check: 'trails',
      status: 'error',
      message: /^changes in us-east-1, .* go unseen: no trail records them$/,
      remedy: /^aws cloudtrail update-trail --name main --is-multi-region-trail --region eu-west-1$/,
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
      check: 'trails',
      status: 'error',
      message: /^changes in any region go unseen: the trail main does not record write management events$/,
      remedy:
        /^aws cloudtrail put-event-selectors --trail-name main --event-selectors '\[\{"ReadWriteType":"All",.*\}\]' --region eu-west-1$/,
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
      check: 'heartbeats',
      status: 'error',
      message: /^us-east-1: no events since \S+: changes there go unseen$/,
      remedy: /the next heartbeat clears this/,
    },
  },
  {
    name: 'an enabled region is not watched',
    seed: nothing,
    answer: { call: 'ec2:DescribeRegions', change: (body) => body },
    expect: {
      check: 'regions',
      status: 'warning',
      message: /^enabled, but not watched: .*ap-south-1/,
      remedy: /deployment\.yml/,
    },
  },
];
