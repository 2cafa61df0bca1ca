import { expect, test } from '@jest/globals';
import scene from '../../../scenes/apigateway/apigateway-domain-tls-policy-current.ts';
import { domainName } from '../../../shared/resources/apigateway/domain-name.ts';
import { testAccount } from '../../support/sandbox.ts';
import { expectDeclaredReads, expectListedAsRead, testResource } from '../../support/test-resource.ts';
import { sceneAccount } from '../../support/test-scene.ts';

const NAME = 'api.example.com';

testResource(domainName, {
  events: {
    'apigateway/CreateDomainName': [NAME],
    'apigateway/CreateDomainName.http': [NAME],
    'apigateway/UpdateDomainName': [NAME],
    'apigateway/UpdateDomainName.http': [NAME],
    'apigateway/DeleteDomainName': [NAME],
    'apigateway/TagResource.domain': [NAME],
    'apigateway/TagResource': [],
    'apigateway/UntagResource': [],
  },
});

test('a domain name of the local account is read and listed with the actions that are declared', async () => {
  const account = await testAccount();
  await scene.prepare(sceneAccount(account));
  const { accountId, region } = account;
  const ref = { resourceType: domainName.type, resourceId: NAME, accountId, region };
  expect(await domainName.facets.tls.read(account.aws(), ref)).toEqual({
    securityPolicy: 'TLS_1_2',
    domainNameStatus: 'AVAILABLE',
  });
  await expectDeclaredReads(domainName, NAME, account);
  expect(await expectListedAsRead(domainName, account)).toEqual(['tls']);
  await expect(domainName.facets.tls.read(account.aws(), { ...ref, resourceId: 'gone' })).rejects.toMatchObject({
    name: 'NotFoundException',
  });
});
