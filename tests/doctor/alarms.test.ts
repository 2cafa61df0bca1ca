import { expect, test } from '@jest/globals';
import { alarms } from '../../shared/doctor/alarms.ts';
import { contextWith, deploymentWith, resultsOf, stackResources } from '../support/doctor-context.ts';

const deployment = deploymentWith(stackResources('AWS::CloudWatch::Alarm', 'evenkeel-prod-a', 'evenkeel-prod-b'));
const quiet = (AlarmName: string) => ({ AlarmName, ActionsEnabled: true, StateValue: 'OK' });
const found = (...MetricAlarms: object[]) =>
  resultsOf(
    alarms,
    contextWith(
      { DescribeAlarms: ({ AlarmNamePrefix }) => (AlarmNamePrefix === 'evenkeel-prod-' ? { MetricAlarms } : {}) },
      { deployment },
    ),
  );

test('alarms that exist and notify are one line', async () => {
  expect(await found(quiet('evenkeel-prod-a'), quiet('evenkeel-prod-b'))).toMatchObject([
    { status: 'ok', message: '2 alarms, none in state ALARM' },
  ]);
});

test('one that is missing, one that notifies nobody and one that has gone off are named, each with its remedy', async () => {
  const silenced = { ...quiet('evenkeel-prod-b'), ActionsEnabled: false };
  const inAlarm = { ...quiet('evenkeel-prod-c'), StateValue: 'ALARM', StateReason: 'one is more than none' };
  expect(await found(silenced, inAlarm)).toEqual([
    {
      status: 'error',
      subject: 'evenkeel-prod-a',
      message: 'the alarm evenkeel-prod-a is missing',
      remedy: expect.stringContaining('REVERT_DRIFT'),
    },
    {
      status: 'error',
      subject: 'evenkeel-prod-b',
      message: 'the alarm evenkeel-prod-b notifies nobody: its actions are disabled',
      remedy: 'aws cloudwatch enable-alarm-actions --alarm-names evenkeel-prod-b --region eu-west-1',
    },
    {
      status: 'warning',
      subject: 'evenkeel-prod-c',
      message: 'the alarm evenkeel-prod-c is in state ALARM: one is more than none',
      remedy: 'aws cloudwatch describe-alarm-history --alarm-name evenkeel-prod-c --region eu-west-1',
    },
  ]);
});

test('a name is one argument of the command that is suggested', async () => {
  const AlarmName = 'evenkeel-prod-x; rm -rf ~';
  const context = contextWith({ DescribeAlarms: () => ({ MetricAlarms: [{ AlarmName, StateValue: 'ALARM' }] }) });
  expect(await resultsOf(alarms, context)).toMatchObject([
    { remedy: `aws cloudwatch describe-alarm-history --alarm-name '${AlarmName}' --region eu-west-1` },
  ]);
});
