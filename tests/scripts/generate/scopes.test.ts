import { CloudTrailClient, StopLoggingCommand } from '@aws-sdk/client-cloudtrail';
import { describe, expect, test } from '@jest/globals';
import { domainStatements } from '../../../scripts/generate/domain-statements.ts';
import { readScopeOf, undosOf, writeScopeOf, writesOf } from '../../../scripts/generate/scopes.ts';
import type { AnyControl } from '../../../shared/control.ts';
import cloudtrail from '../../../shared/controls/cloudtrail/cloudtrail-trail-logging-enabled.ts';
import config from '../../../shared/controls/config/config-recorder-enabled.ts';
import flowLogs from '../../../shared/controls/ec2/ec2-vpc-flow-logs-enabled.ts';
import type { PolicyDocument } from '../../../shared/policy/policy.ts';
import type { Grants } from '../../../shared/resource.ts';
import { undoneBy } from '../../../shared/step.ts';

const ROLE = 'arn:aws:iam::111122223333:role/recorder';
const EVERY_ROLE = ['arn:${AWS::Partition}:iam::${AWS::AccountId}:role/*'];
const PASSED = { StringEquals: { 'iam:PassedToService': 'config.amazonaws.com' } };

const passed = (document: PolicyDocument) =>
  domainStatements('monitoring', { controls: [config, cloudtrail], detections: [] }, document)
    .filter(({ Action }) => Action.includes('iam:PassRole'))
    .map(({ Resource, Condition }) => ({ Resource, Condition }));

test('the role of a function may pass the roles that policy.yml names, and no other', () => {
  const controls = { [config.id]: { mode: 'remediate' as const, parameters: { roleArn: ROLE } } };
  expect(JSON.stringify(passed({ controls }))).toContain(ROLE);
  expect(JSON.stringify(passed({ controls }))).not.toContain('role/*');
  expect(passed({ controls })).toMatchObject([{ Condition: PASSED }]);
});

test('where it names none, or the recorder keeps its own, every role of the account, to that service alone', () => {
  const mode = 'remediate' as const;
  for (const parameters of [{}, { roleArn: ROLE, recordingGroup: 'restored' }]) {
    const found = passed({ controls: { [config.id]: { mode, parameters } } });
    expect(JSON.stringify(found)).toContain('role/*');
    expect(found).toMatchObject([{ Condition: PASSED }]);
  }
});

test('of flow logs too: the role by which they write to a log group, to that service alone', () => {
  const parameters = { logDestination: 'flow-logs', deliverLogsRoleArn: ROLE };
  const controls = { [flowLogs.id]: { mode: 'remediate' as const, parameters } };
  const passable = (document: PolicyDocument) =>
    domainStatements('infrastructure', { controls: [flowLogs], detections: [] }, document).filter(({ Action }) =>
      Action.includes('iam:PassRole'),
    );
  expect(passable({ controls })).toMatchObject([
    { Resource: ROLE, Condition: { StringEquals: { 'iam:PassedToService': 'vpc-flow-logs.amazonaws.com' } } },
  ]);
  expect(JSON.stringify(passable({ controls: { [flowLogs.id]: { mode: 'remediate' } } }))).toContain('role/*');
});

test('without parameters the actions are those of the catalogue', () => {
  const passRole = (parameters?: object) =>
    writesOf(cloudtrail, parameters).find(([action]) => action === 'iam:PassRole')?.[1].resources;
  expect(passRole()).toEqual(EVERY_ROLE);
  expect(passRole({ logsRoleArn: '' })).toEqual(EVERY_ROLE);
  expect(passRole({ logsRoleArn: ROLE })).toEqual([ROLE]);
});

describe('what an undo needs', () => {
  const undo = (permissions: Grants): AnyControl => ({
    ...cloudtrail,
    undoCalls: [undoneBy(CloudTrailClient, StopLoggingCommand, () => ({}), [], { permissions })],
  });
  const { permissions } = cloudtrail;

  test('is what no plan needs, once', () => {
    const stop = { 'cloudtrail:StopLogging': '*' };
    const control = undo({ ...permissions, ...stop });
    const twice = { ...control, undoCalls: [...(control.undoCalls ?? []), ...(undo(stop).undoCalls ?? [])] };
    expect(undosOf(twice).map(([action]) => action)).toEqual(['cloudtrail:StopLogging']);
    expect(undosOf({ ...control, undoCalls: [] })).toEqual([]);
  });

  test('passes the roles that the parameters name, as the plan does', () => {
    const passing = undo({ 'iam:PassRole': { resources: EVERY_ROLE, condition: PASSED } });
    expect(undosOf(passing, { logsRoleArn: ROLE })).toMatchObject([['iam:PassRole', { resources: [ROLE] }]]);
    expect(undosOf(passing, { logsRoleArn: '' })).toMatchObject([['iam:PassRole', { resources: EVERY_ROLE }]]);
  });
});

describe('the scope of a grant', () => {
  const OWN = 'arn:${AWS::Partition}:x:*:${AWS::AccountId}:y/*';
  const condition = { StringEquals: { 'x:Purpose': 'p' } };
  const here = { 'aws:ResourceAccount': '${AWS::AccountId}' };

  test('is bound to the account where an ARN does not name it', () => {
    expect(writeScopeOf('x:Do', OWN)).toEqual({ resources: [OWN], condition: null });
    const bucket = 'arn:${AWS::Partition}:s3:::bucket-*';
    expect(writeScopeOf('x:Do', [OWN, bucket])).toEqual({
      resources: [OWN, bucket],
      condition: { StringEquals: here },
    });
    expect(writeScopeOf('x:Do', { resources: bucket, condition })).toEqual({
      resources: [bucket],
      condition: { StringEquals: { 'x:Purpose': 'p', ...here } },
    });
    expect(writeScopeOf('x:Do', { resources: OWN, condition })).toEqual({ resources: [OWN], condition });
  });

  test('is not, where IAM never learns the account', () => {
    const copies = 'arn:${AWS::Partition}:ec2:*::snapshot/*';
    expect(writeScopeOf('ec2:CopySnapshot', copies)).toEqual({ resources: [copies], condition: null });
  });

  test('is not, where there is no ARN: settings of an account are the caller’s own', () => {
    expect(writeScopeOf('x:Do', '*')).toEqual({ resources: ['*'], condition: null });
  });

  test('of a read is what it says: what is gone, or shared by another account, has to be read too', () => {
    const snapshots = 'arn:${AWS::Partition}:ec2:*::snapshot/*';
    expect(readScopeOf(snapshots)).toEqual({ resources: [snapshots], condition: null });
    expect(readScopeOf({ resources: snapshots, condition })).toEqual({ resources: [snapshots], condition });
  });
});
