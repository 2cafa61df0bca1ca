import { GetFunctionConcurrencyCommand, GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { type Aws, orNull } from '../resource.ts';
import { counted } from '../text.ts';
import { type Deployment, physicalIds, revertDrift } from './deployment.ts';
import { type CheckResult, deploymentCheck, fail, problemsOr } from './diagnosis.ts';
import { checkEach } from './run.ts';

const REMEDY = 'check your permissions: lambda:GetFunctionConfiguration, lambda:GetFunctionConcurrency';

/** Whether every function exists and can run. */
export const functions = deploymentCheck({
  name: 'functions',
  remedy: REMEDY,
  async run(deployment, { engine }) {
    const names = physicalIds(deployment, 'AWS::Lambda::Function');
    const aws = engine.aws(deployment.home);
    const problems = await checkEach(names, REMEDY, (name) => problemsOf(name, deployment, aws));
    return names.length === 0 ? [] : problemsOr(problems, `${counted(names.length, 'function')}, all ready`);
  },
});

async function problemsOf(name: string, deployment: Deployment, aws: Aws): Promise<readonly CheckResult[]> {
  const client = aws(LambdaClient);
  const response = client.send(new GetFunctionConfigurationCommand({ FunctionName: name }));
  const found = await orNull(response, 'ResourceNotFoundException');
  if (found === null) return [fail(`the function ${name} is missing`, revertDrift(deployment), name)];
  const { ReservedConcurrentExecutions: reserved } = await client.send(
    new GetFunctionConcurrencyCommand({ FunctionName: name }),
  );
  const problems: CheckResult[] = [];
  if (reserved === 0)
    problems.push(
      fail(
        `${name} cannot run: its reserved concurrency is 0`,
        `aws lambda delete-function-concurrency --function-name ${name} --region ${deployment.home}`,
        name,
      ),
    );
  const hasFailed = found.State === 'Failed' || found.LastUpdateStatus === 'Failed';
  if (hasFailed)
    problems.push(
      fail(
        `${name} is in a failed state: ${found.StateReason ?? found.LastUpdateStatusReason ?? 'Lambda gives no reason'}`,
        `npx serverless deploy --region ${deployment.home}`,
        name,
      ),
    );
  return problems;
}
