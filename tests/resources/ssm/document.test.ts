import { CreateDocumentCommand, ModifyDocumentPermissionCommand, SSMClient } from '@aws-sdk/client-ssm';
import { expect, test } from '@jest/globals';
import { everyListed } from '../../../shared/resource.ts';
import { document } from '../../../shared/resources/ssm/document.ts';
import { sampleEvent } from '../../support/samples.ts';
import { testAccount } from '../../support/sandbox.ts';
import { expectDeclaredReads, idsFrom, testResource } from '../../support/test-resource.ts';

const NAME = 'restart-workers';
const Content = JSON.stringify({ schemaVersion: '2.2', description: 'restarts', mainSteps: [] });

testResource(document, {
  events: {
    'ssm/CreateDocument': [NAME],
    'ssm/ModifyDocumentPermission': [NAME],
    'ssm/DeleteDocument': [NAME],
    'ssm/AddTagsToResource': [NAME],
    'ssm/RemoveTagsFromResource': [NAME],
  },
});

test('a document is read with no more than the declared actions; only the own ones are listed', async () => {
  const account = await testAccount();
  const ssm = account.aws()(SSMClient);
  await ssm.send(new CreateDocumentCommand({ Name: NAME, Content, DocumentType: 'Command' }));
  await expectDeclaredReads(document, NAME, account);
  const ref = { resourceType: document.type, resourceId: NAME, accountId: account.accountId, region: account.region };
  const share = (AccountIdsToAdd: string[]) =>
    ssm.send(new ModifyDocumentPermissionCommand({ Name: NAME, PermissionType: 'Share', AccountIdsToAdd }));
  expect(await document.facets.sharing.read(account.aws(), ref)).toEqual({ public: false });
  await share(['444455556666']);
  expect(await document.facets.sharing.read(account.aws(), ref)).toEqual({ public: false });
  await share(['all']);
  expect(await document.facets.sharing.read(account.aws(), ref)).toEqual({ public: true });
  expect(await Array.fromAsync(everyListed(document.list(account.aws(), account)))).toEqual([{ resourceId: NAME }]);
  const gone = { ...ref, resourceId: 'gone' };
  await expect(document.facets.sharing.read(account.aws(), gone)).rejects.toMatchObject({ name: document.gone[0] });
});

test('names a document by its ARN too, and nothing else that is tagged', async () => {
  const account = await testAccount();
  const event = (name: string) => sampleEvent('ssm/ModifyDocumentPermission', { [NAME]: name });
  const arn = (owner: string) => `arn:aws:ssm:eu-west-1:${owner}:document/${NAME}`;
  expect(await idsFrom(document, event(arn('111122223333')), account)).toEqual([NAME]);
  expect(
    await idsFrom(document, sampleEvent('ssm/AddTagsToResource', { '"Document"': '"Parameter"' }), account),
  ).toEqual([]);
});
