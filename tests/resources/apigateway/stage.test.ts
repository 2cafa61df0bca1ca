import { expect, test } from '@jest/globals';
import { createStage } from '../../../scenes/apigateway/stage.ts';
import { restStage } from '../../../shared/resources/apigateway/stage.ts';
import { testAccount } from '../../support/sandbox.ts';
import { expectDeclaredReads, expectListedAsRead, testResource } from '../../support/test-resource.ts';
import { sceneAccount } from '../../support/test-scene.ts';

const ID = 'a1b2c3d4e5/prod';

testResource(restStage, {
  events: {
    'apigateway/CreateStage': [ID],
    'apigateway/CreateStage.http': [],
    'apigateway/UpdateStage': [ID],
    'apigateway/DeleteStage': [ID],
    'apigateway/CreateDeployment': [ID],
    'apigateway/CreateDeployment.no-stage': [],
    'apigateway/TagResource': [ID],
    'apigateway/TagResource.http': [],
    'apigateway/UntagResource': [ID],
  },
});

test('a stage of the local account is read and listed with the actions that are declared', async () => {
  const account = await testAccount();
  const { restApiId, stageName } = await createStage(sceneAccount(account), 'orders');
  const { accountId, region } = account;
  const resourceId = `${restApiId}/${stageName}`;
  const ref = { resourceType: restStage.type, resourceId, accountId, region };
  expect(await restStage.facets.logging.read(account.aws(), ref)).toEqual({ loggingLevel: 'ERROR' });
  await expectDeclaredReads(restStage, resourceId, account);
  await expectListedAsRead(restStage, account);
  await expect(
    restStage.facets.logging.read(account.aws(), { ...ref, resourceId: `${restApiId}/gone` }),
  ).rejects.toMatchObject({ name: 'NotFoundException' });
  const arn = (await restStage.configIdOf?.(account.aws(), ref)) ?? '';
  const item = { ...ref, resourceId: arn, resourceName: stageName, arn };
  expect(await restStage.identify?.(account.aws(), item)).toBe(resourceId);
});
