import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DescribeHubCommand, SecurityHubClient } from '@aws-sdk/client-securityhub';
import pLimit from 'p-limit';
import { orNull } from '../resource.ts';
import { physicalIds } from './deployment.ts';
import { deploymentCheck, ok, unreadable, warn } from './diagnosis.ts';

/** What Security Hub answers an account that has not enabled it. */
const NOT_ENABLED = ['InvalidAccessException', 'ResourceNotFoundException'];
const MAX_CONCURRENT_REGIONS = 5;
const REMEDY = 'check your permissions: lambda:GetFunctionConfiguration, securityhub:DescribeHub';

/** Whether Security Hub is enabled where it is to be sent findings. The command's alone: the watch needs no client of Security Hub, and what is off is no incident. */
export const securityHub = deploymentCheck({
  name: 'security hub',
  remedy: REMEDY,
  async run(deployment, { engine }) {
    const { stack, home, regions } = deployment;
    const name = `${stack}-outcomes`;
    if (!physicalIds(deployment, 'AWS::Lambda::Function').includes(name)) return [];
    const response = engine
      .aws(home)(LambdaClient)
      .send(new GetFunctionConfigurationCommand({ FunctionName: name }));
    // The functions check reports a missing function.
    const found = await orNull(response, 'ResourceNotFoundException');
    if (found?.Environment?.Variables?.EVENKEEL_SECURITY_HUB !== 'true') return [];
    const limit = pLimit(MAX_CONCURRENT_REGIONS);
    const isOn = async (region: string) => {
      const asked = engine.aws(region)(SecurityHubClient).send(new DescribeHubCommand({}));
      return (await orNull(asked, ...NOT_ENABLED)) !== null;
    };
    const checked = await Promise.all(
      regions.map((region) =>
        limit(async () =>
          isOn(region).then(
            (on) => (on ? null : { region }),
            (error: unknown) => ({ region, error }),
          ),
        ),
      ),
    );
    const problems = checked.filter((one) => one !== null);
    const off = problems.filter((one) => !('error' in one)).map(({ region }) => region);
    return [
      ...(off.length === 0 ? [] : [isOff(off)]),
      ...problems.flatMap((one) => ('error' in one ? [unreadable(one.error, REMEDY, one.region)] : [])),
      ...(problems.length === 0 ? [ok(`is enabled in ${regions.join(', ')}`)] : []),
    ];
  },
});

const isOff = (regions: readonly string[]) =>
  warn(
    `Security Hub is off in ${regions.join(', ')}: findings of there are not sent`,
    `aws securityhub enable-security-hub --no-enable-default-standards --region ${regions[0]}; or set securityHub: false in deployment.yml`,
  );
