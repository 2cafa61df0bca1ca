import { CloudWatchClient, type MetricAlarm, paginateDescribeAlarms } from '@aws-sdk/client-cloudwatch';
import { physicalIds, restore } from './deployment.ts';
import { counted, ill, look, ofDeployment, troublesOr } from './diagnosis.ts';

type Alarm = Pick<MetricAlarm, 'AlarmName' | 'ActionsEnabled' | 'StateValue' | 'StateReason'>;

/** Whether the stack's alarms are there, and would tell somebody. */
export const alarms = ofDeployment({
  what: 'alarms',
  mend: 'see your permissions: cloudwatch:DescribeAlarms',
  async examine(deployment, { engine }) {
    const { home, stack } = deployment;
    const client = engine.aws(home)(CloudWatchClient);
    const asked = { AlarmNamePrefix: `${stack}-`, AlarmTypes: ['MetricAlarm' as const] };
    const found: Alarm[] = [];
    for await (const { MetricAlarms = [] } of paginateDescribeAlarms({ client }, asked)) found.push(...MetricAlarms);
    const wanted = physicalIds(deployment, 'AWS::CloudWatch::Alarm');
    const missing = wanted
      .filter((name) => !found.some(({ AlarmName }) => AlarmName === name))
      .map((name) => ill(`the alarm ${name} is missing`, restore(deployment), name));
    const silenced = found.filter(({ ActionsEnabled }) => ActionsEnabled === false);
    const muted = silenced.map(({ AlarmName: name = '' }) =>
      ill(
        `the alarm ${name} tells nobody: its actions are disabled`,
        `aws cloudwatch enable-alarm-actions --alarm-names ${name} --region ${home}`,
        name,
      ),
    );
    const ringing = found
      .filter(({ StateValue }) => StateValue === 'ALARM')
      .map(({ AlarmName: name = '', StateReason = '' }) =>
        look(
          `the alarm ${name} rings: ${StateReason}`,
          `aws cloudwatch describe-alarm-history --alarm-name ${name} --region ${home}`,
          name,
        ),
      );
    return troublesOr([...missing, ...muted, ...ringing], `${counted(wanted.length, 'alarm')}, none rings`);
  },
});
