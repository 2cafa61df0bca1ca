import { expect, test } from '@jest/globals';
import { domainStatements } from '../../../scripts/generate/domain-statements.ts';
import { writesOf } from '../../../scripts/generate/scopes.ts';
import cloudtrail from '../../../shared/controls/cloudtrail/cloudtrail-trail-logging-enabled.ts';
import config from '../../../shared/controls/config/config-recorder-enabled.ts';
import type { PolicyDocument } from '../../../shared/policy/policy.ts';

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

test('without parameters the actions are those of the catalogue', () => {
  const passRole = (parameters?: object) =>
    writesOf(cloudtrail, parameters).find(([action]) => action === 'iam:PassRole')?.[1].resources;
  expect(passRole()).toEqual(EVERY_ROLE);
  expect(passRole({ logsRoleArn: '' })).toEqual(EVERY_ROLE);
  expect(passRole({ logsRoleArn: ROLE })).toEqual([ROLE]);
});
