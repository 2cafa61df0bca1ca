import { expect, test } from '@jest/globals';
import scene from '../../../scenes/athena/athena-workgroup-encrypted.ts';
import { awsClients } from '../../../shared/aws/clients.ts';
import { Gone } from '../../../shared/resource.ts';
import { workgroup } from '../../../shared/resources/athena/workgroup.ts';
import { wireTo } from '../../support/aws-proxy.ts';
import { testAccount } from '../../support/sandbox.ts';
import { expectDeclaredReads, testResource } from '../../support/test-resource.ts';
import { sceneAccount } from '../../support/test-scene.ts';

const wire = await wireTo(process.env.EVENKEEL_TEST_ENDPOINT ?? '');

testResource(workgroup, {
  events: {
    'athena/CreateWorkGroup': ['reports'],
    'athena/UpdateWorkGroup': ['reports'],
    'athena/DeleteWorkGroup': ['reports'],
    'athena/TagResource': ['reports'],
    'athena/TagResource.catalog': [],
    'athena/UntagResource': ['reports'],
  },
});

test('a workgroup of the local account is read and listed with the actions that are declared', async () => {
  const account = await testAccount();
  await scene.prepare(sceneAccount(account));
  const { accountId, region } = account;
  const ref = { resourceType: workgroup.type, resourceId: 'reports', accountId, region };
  expect(await workgroup.facets.configuration.read(account.aws(), ref)).toEqual({
    PublishCloudWatchMetricsEnabled: true,
    EnforceWorkGroupConfiguration: true,
    OutputLocation: `s3://query-results-${accountId}/reports/`,
    encryption: 'SSE_S3',
    isSpark: false,
  });
  await expectDeclaredReads(workgroup, 'reports', account);
  expect(await workgroup.ownership?.read(account.aws(), ref)).toEqual({
    tags: { team: 'data' },
    service: null,
  });
});

// Athena has one error for whatever it does not like, as its documentation of GetWorkGroup says.
test('a workgroup that Athena does not find is gone; what else it does not like is an error', async () => {
  const account = await testAccount();
  process.env.AWS_ENDPOINT_URL = wire.endpoint;
  const { accountId, region } = account;
  const read = () =>
    workgroup.facets.configuration.read(awsClients()(region), {
      resourceType: workgroup.type,
      resourceId: 'gone',
      accountId,
      region,
    });
  const answer = (Message: string) =>
    wire.alter([
      {
        call: 'athena:GetWorkGroup',
        status: 400,
        isWithheld: true,
        change: () => JSON.stringify({ __type: 'InvalidRequestException', Message }),
      },
    ]);
  answer('WorkGroup gone is not found.');
  await expect(read()).rejects.toThrow(Gone);
  answer('WorkGroup name is invalid.');
  await expect(read()).rejects.toMatchObject({ name: 'InvalidRequestException' });
});
