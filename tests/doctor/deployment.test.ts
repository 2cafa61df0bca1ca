import { expect, test } from '@jest/globals';
import {
  deployForwarding,
  physicalIds,
  readDeployment,
  redeployForwarding,
  revertDrift,
  stackNamed,
} from '../../shared/doctor/deployment.ts';
import { answeringAws, awsError, deploymentWith, stackResources } from '../support/doctor-context.ts';

const described = {
  StackId: 'arn:aws:cloudformation:eu-west-1:111122223333:stack/evenkeel-prod/1',
  StackStatus: 'UPDATE_COMPLETE',
  CreationTime: new Date(5),
  Outputs: [{ OutputKey: 'Regions', OutputValue: 'eu-west-1,us-east-1' }],
};
const missing = () => awsError('ValidationError', 'Stack with id evenkeel-prod does not exist');

test('a deployment is read from its stack: outputs, regions, and the resources of all pages that exist', async () => {
  const summary = (id: string, PhysicalResourceId?: string) => ({
    LogicalResourceId: id,
    ResourceType: 'AWS::SQS::Queue',
    PhysicalResourceId,
  });
  const aws = answeringAws({
    DescribeStacks: () => ({ Stacks: [described] }),
    ListStackResources: ({ NextToken }) =>
      NextToken === undefined
        ? { StackResourceSummaries: [summary('A', 'a')], NextToken: 'more' }
        : { StackResourceSummaries: [summary('B', 'b'), summary('NotCreated')] },
  });
  const deployment = await readDeployment(aws('eu-west-1'), 'eu-west-1', 'evenkeel-prod');
  expect(deployment).toMatchObject({
    accountId: '111122223333',
    status: 'UPDATE_COMPLETE',
    since: 5,
    outputs: { Regions: 'eu-west-1,us-east-1' },
    regions: ['eu-west-1', 'us-east-1'],
  });
  expect(deployment?.resources.map(({ logicalId, physicalId }) => [logicalId, physicalId])).toEqual([
    ['A', 'a'],
    ['B', 'b'],
  ]);
});

test('only the answer that there is no such stack means that there is none', async () => {
  const answering = (error: Error) => answeringAws({ DescribeStacks: () => error })('eu-west-1');
  expect(await stackNamed(answering(missing()), 'evenkeel-prod')).toBeNull();
  expect(await readDeployment(answering(missing()), 'eu-west-1', 'evenkeel-prod')).toBeNull();
  await expect(stackNamed(answering(awsError('ValidationError', 'Bad name')), 'x')).rejects.toThrow('Bad name');
  await expect(stackNamed(answering(awsError('AccessDenied', 'does not exist for you')), 'x')).rejects.toThrow();
});

test('resources are selected by type', () => {
  const resources = [...stackResources('AWS::SQS::Queue', 'q'), ...stackResources('AWS::KMS::Key', 'k')];
  expect(physicalIds(deploymentWith(resources), 'AWS::KMS::Key')).toEqual(['k']);
});

test('the commands name the stack, the account and the region', () => {
  const deployment = deploymentWith();
  expect(revertDrift(deployment)).toMatch(
    /^aws cloudformation create-change-set --stack-name evenkeel-prod .*REVERT_DRIFT.* && aws cloudformation wait .* && aws cloudformation execute-change-set --stack-name evenkeel-prod .*--region eu-west-1$/,
  );
  const create =
    'aws cloudformation create-stack-instances --stack-set-name evenkeel-prod-forwarding --accounts 111122223333 --regions us-east-1 --region eu-west-1';
  expect(deployForwarding(deployment, 'us-east-1')).toBe(create);
  expect(redeployForwarding(deployment, 'us-east-1')).toBe(
    `redeploy it: ${create.replace('create', 'delete')} --no-retain-stacks; a minute after that has finished (SQS keeps the name of a deleted queue for 60 seconds): ${create}`,
  );
});
