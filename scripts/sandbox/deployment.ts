import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { EventBridgeClient, RemoveTargetsCommand } from '@aws-sdk/client-eventbridge';
import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { parseArn } from '../../shared/aws/arn.ts';
import type { Aws } from '../../shared/resource.ts';
import { functionKey } from '../generate/statements.ts';
import { PYTHON } from './moto.ts';

/** A function as it is deployed, its archive unpacked. */
export interface DeployedFunction {
  /** `infrastructure` */
  readonly name: string;
  /** `evenkeel-prod-infrastructure` */
  readonly functionName: string;
  readonly arn: string;
  /** `functions/infrastructure/handler.handler` */
  readonly handler: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly role: string;
  /** Milliseconds. */
  readonly timeout: number;
  readonly root: string;
  /** The queue that it reads from, by its event source mapping; empty for one that is called by its URL. */
  readonly queueUrl: string;
}

/** What stands in the local account after `serverless deploy`, as CloudFormation knows it. */
export interface StackInAccount {
  readonly stack: string;
  readonly outputs: Readonly<Record<string, string>>;
  /** Physical ids by logical id. */
  readonly resources: Readonly<Record<string, string>>;
}

/** The same with its functions, ready to be run here. */
export interface Deployment extends StackInAccount {
  readonly functions: readonly DeployedFunction[];
}

/** Looks a deployed stack up. */
export async function stackNamed(stack: string, aws: Aws): Promise<StackInAccount> {
  const client = aws(CloudFormationClient);
  const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: stack }));
  const { StackResources = [] } = await client.send(new DescribeStackResourcesCommand({ StackName: stack }));
  const outputs = Object.fromEntries(
    (Stacks[0]?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]),
  );
  return {
    stack,
    outputs,
    resources: Object.fromEntries(
      StackResources.map(({ LogicalResourceId, PhysicalResourceId = '' }) => [LogicalResourceId, PhysicalResourceId]),
    ),
  };
}

/** Looks a deployed stack up, unpacks the archives that it was deployed from (`packages`: the folder .serverless), and takes over the queues and the schedules of its functions. */
export async function deploymentOf(stack: string, packages: string, aws: Aws): Promise<Deployment> {
  const found = await stackNamed(stack, aws);
  const schedules = Object.entries(found.resources).filter(([id]) => id.endsWith('Schedule'));
  // In the local account no time ever comes, and a rule without a pattern matches every event.
  for (const [, Rule] of schedules)
    await aws(EventBridgeClient).send(new RemoveTargetsCommand({ Rule, Ids: ['queue'] }));
  const functions = Object.entries(found.resources).filter(([id]) => id.endsWith('LambdaFunction'));
  return {
    ...found,
    functions: await Promise.all(functions.map(([, name]) => functionOf(name, stack, packages, aws))),
  };
}

async function functionOf(functionName: string, stack: string, packages: string, aws: Aws): Promise<DeployedFunction> {
  const lambda = aws(LambdaClient);
  const deployed = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: functionName }));
  const mappings = await lambda.send(new ListEventSourceMappingsCommand({ FunctionName: functionName }));
  const [mapping] = mappings.EventSourceMappings ?? [];
  const queue = parseArn(mapping?.EventSourceArn)?.resource;
  // The local account would take the messages itself, and fail: it has nothing to run a function with. A pump does it.
  if (mapping?.UUID !== undefined)
    await lambda.send(new UpdateEventSourceMappingCommand({ UUID: mapping.UUID, Enabled: false }));
  const { QueueUrl = '' } =
    queue === undefined ? {} : await aws(SQSClient).send(new GetQueueUrlCommand({ QueueName: queue }));
  const name = functionName.slice(stack.length + 1);
  return {
    name,
    functionName,
    arn: deployed.FunctionArn ?? '',
    handler: deployed.Handler ?? '',
    environment: deployed.Environment?.Variables ?? {},
    role: deployed.Role ?? '',
    timeout: (deployed.Timeout ?? 0) * 1000,
    root: unpacked(name, packages),
    queueUrl: QueueUrl,
  };
}

/** Python, which the local account needs anyway, unpacks: Node has nothing for it. */
function unpacked(name: string, packages: string): string {
  const folder = join(packages, 'unpacked', name);
  execFileSync(PYTHON, ['-m', 'zipfile', '-e', join(packages, `${functionKey(name)}.zip`), folder]);
  return folder;
}

/** Lays the stack of another region as the stack set would: the local account has no stack sets in templates. `packages`: the folder .serverless. */
export async function layRegion(
  deployment: StackInAccount,
  packages: string,
  region: string,
  aws: (region: string) => Aws,
): Promise<void> {
  const template = JSON.parse(readFileSync(join(packages, 'cloudformation-template-update-stack.json'), 'utf8'));
  const { outputs, stack, resources } = deployment;
  const parameters = {
    Prefix: stack,
    HomeBus: outputs.EventBus ?? '',
    ForwardRole: roleArn(outputs.EventBus ?? '', resources.ForwardRole ?? ''),
  };
  await aws(region)(CloudFormationClient).send(
    new CreateStackCommand({
      StackName: `StackSet-${stack}-forwarding-${region}`,
      TemplateBody: template.Resources.Forwarding.Properties.TemplateBody,
      Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
        ParameterKey,
        ParameterValue,
      })),
    }),
  );
}

const roleArn = (busArn: string, role: string) => `arn:aws:iam::${parseArn(busArn)?.accountId}:role/${role}`;
