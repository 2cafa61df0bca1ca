import { CloudWatchClient, type MetricAlarm, paginateDescribeAlarms } from '@aws-sdk/client-cloudwatch';
import { counted, shellQuoted } from '../text.ts';
import { physicalIds, revertDrift } from './deployment.ts';
import { deploymentCheck, fail, problemsOr, warn } from './diagnosis.ts';

type Alarm = Pick<MetricAlarm, 'AlarmName' | 'ActionsEnabled' | 'StateValue' | 'StateReason'>;

/** Whether the stack's alarms exist and notify. */
export const alarms = deploymentCheck({
  name: 'alarms',
  remedy: 'check your permissions: cloudwatch:DescribeAlarms',
  async run(deployment, { engine }) {
    const { home, stack } = deployment;
    const client = engine.aws(home)(CloudWatchClient);
    const request = { AlarmNamePrefix: `${stack}-`, AlarmTypes: ['MetricAlarm' as const] };
    const found: Alarm[] = [];
    for await (const { MetricAlarms = [] } of paginateDescribeAlarms({ client }, request)) found.push(...MetricAlarms);
    const expected = physicalIds(deployment, 'AWS::CloudWatch::Alarm');
    const missing = expected
      .filter((name) => !found.some(({ AlarmName }) => AlarmName === name))
      .map((name) => fail(`the alarm ${name} is missing`, revertDrift(deployment), name));
    const withoutActions = found.filter(({ ActionsEnabled }) => ActionsEnabled === false);
    const silenced = withoutActions.map(({ AlarmName: name = '' }) =>
      fail(
        `the alarm ${name} notifies nobody: its actions are disabled`,
        `aws cloudwatch enable-alarm-actions --alarm-names ${shellQuoted(name)} --region ${home}`,
        name,
      ),
    );
    const inAlarm = found
      .filter(({ StateValue }) => StateValue === 'ALARM')
      .map(({ AlarmName: name = '', StateReason = '' }) =>
        warn(
          `the alarm ${name} is in state ALARM: ${StateReason}`,
          `aws cloudwatch describe-alarm-history --alarm-name ${shellQuoted(name)} --region ${home}`,
          name,
        ),
      );
    return problemsOr(
      [...missing, ...silenced, ...inAlarm],
      `${counted(expected.length, 'alarm')}, none in state ALARM`,
    );
  },
});
