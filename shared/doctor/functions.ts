import { GetFunctionConcurrencyCommand, GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { type Aws, orNull } from '../resource.ts';
import { type Deployment, physicalIds, restore } from './deployment.ts';
import { counted, ill, ofDeployment, troublesOr, type Verdict } from './diagnosis.ts';
import { inEach } from './run.ts';

const MEND = 'see your permissions: lambda:GetFunctionConfiguration, lambda:GetFunctionConcurrency';

/** Whether every function is there and may run. */
export const functions = ofDeployment({
  what: 'functions',
  mend: MEND,
  async examine(deployment, { engine }) {
    const names = physicalIds(deployment, 'AWS::Lambda::Function');
    const aws = engine.aws(deployment.home);
    const troubles = await inEach(names, MEND, (name) => troublesOf(name, deployment, aws));
    return names.length === 0 ? [] : troublesOr(troubles, `${counted(names.length, 'function')}, all ready`);
  },
});

async function troublesOf(name: string, deployment: Deployment, aws: Aws): Promise<readonly Verdict[]> {
  const client = aws(LambdaClient);
  const asked = client.send(new GetFunctionConfigurationCommand({ FunctionName: name }));
  const found = await orNull(asked, 'ResourceNotFoundException');
  if (found === null) return [ill(`the function ${name} is missing`, restore(deployment), name)];
  const { ReservedConcurrentExecutions: reserved } = await client.send(
    new GetFunctionConcurrencyCommand({ FunctionName: name }),
  );
  const troubles: Verdict[] = [];
  if (reserved === 0)
    troubles.push(
      ill(
        `${name} may not run: its reserved concurrency is 0`,
        `aws lambda delete-function-concurrency --function-name ${name} --region ${deployment.home}`,
        name,
      ),
    );
  const failed = found.State === 'Failed' || found.LastUpdateStatus === 'Failed';
  if (failed)
    troubles.push(
      ill(
        `${name} has failed: ${found.StateReason ?? found.LastUpdateStatusReason ?? 'Lambda does not say why'}`,
        `npx serverless deploy --region ${deployment.home}`,
        name,
      ),
    );
  return troubles;
}
