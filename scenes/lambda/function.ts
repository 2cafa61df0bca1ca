import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import {
  CreateFunctionCommand,
  GetFunctionUrlConfigCommand,
  GetPolicyCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import type { JsonObject } from '../../shared/event.ts';
import { orNull } from '../../shared/resource.ts';
import { freshEvent } from '../fresh-event.ts';
import type { SceneAccount } from '../scene.ts';

/** Creates a function that nobody but its account can invoke, and gives its name. */
export async function createFunction(
  account: SceneAccount,
  base: string,
  Variables: Readonly<Record<string, string>> = {},
): Promise<string> {
  const FunctionName = account.name(base);
  const trust = { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' };
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [trust] });
  const role = new CreateRoleCommand({ RoleName: account.name(`${base}-function`), AssumeRolePolicyDocument });
  const { Role } = await account.aws(IAMClient).send(role);
  await account.aws(LambdaClient).send(
    new CreateFunctionCommand({
      FunctionName,
      Role: Role?.Arn,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Code: { ZipFile: Buffer.from('a zip') },
      Environment: { Variables },
    }),
  );
  return FunctionName;
}

/** What of a function lets others in; null where there is no policy, no URL. */
export async function accessTo({ aws }: SceneAccount, FunctionName: string) {
  const lambda = aws(LambdaClient);
  const policy = await orNull(lambda.send(new GetPolicyCommand({ FunctionName })), 'ResourceNotFoundException');
  const url = await orNull(lambda.send(new GetFunctionUrlConfigCommand({ FunctionName })), 'ResourceNotFoundException');
  return { policy: JSON.parse(policy?.Policy ?? 'null'), url: url?.AuthType ?? null };
}

/** A sample event of Lambda about this function, which the sample calls by its name. */
export const functionEvent = (sample: string, account: SceneAccount, name: string): JsonObject =>
  freshEvent(`lambda/${sample}`, account, { 'requestParameters.functionName': name });
