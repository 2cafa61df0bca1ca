import { ApiGatewayV2Client, GetApisCommand } from '@aws-sdk/client-apigatewayv2';
import { expect, test } from '@jest/globals';
import scene from '../../../scenes/apigateway/apigateway-http-stage-logging-enabled.ts';
import { httpStage } from '../../../shared/resources/apigateway/http-stage.ts';
import { testAccount } from '../../support/sandbox.ts';
import { expectDeclaredReads, expectListedAsRead, testResource } from '../../support/test-resource.ts';
import { sceneAccount } from '../../support/test-scene.ts';

const ID = 'h1t2t3p4a5/prod';

testResource(httpStage, {
  events: {
    'apigateway/CreateStage.http': [ID],
    'apigateway/CreateStage': [],
    'apigateway/UpdateStage.http': [ID],
    'apigateway/DeleteStage.http': [ID],
    'apigateway/CreateDeployment.http': [ID],
    'apigateway/DeleteAccessLogSettings': [ID],
    'apigateway/TagResource.http': [ID],
    'apigateway/TagResource': [],
    'apigateway/UntagResource.http': [ID],
  },
});

test('a stage of the local account is read and listed with the actions that are declared', async () => {
  const account = await testAccount();
  await scene.prepare(sceneAccount(account));
  const { Items: [api] = [] } = await account.aws()(ApiGatewayV2Client).send(new GetApisCommand({}));
  const { accountId, region } = account;
  const resourceId = `${api?.ApiId}/prod`;
  const ref = { resourceType: httpStage.type, resourceId, accountId, region };
  expect(await httpStage.facets.accessLogs.read(account.aws(), ref)).toMatchObject({
    DestinationArn: expect.stringContaining(':log-group:/api/'),
  });
  await expectDeclaredReads(httpStage, resourceId, account);
  await expectListedAsRead(httpStage, account);
  const arn = (await httpStage.configIdOf?.(account.aws(), ref)) ?? '';
  expect(await httpStage.identify?.(account.aws(), { ...ref, resourceId: arn, resourceName: 'prod', arn })).toBe(
    resourceId,
  );
});
