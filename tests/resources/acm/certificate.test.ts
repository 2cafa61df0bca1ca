import { ACMClient, DeleteCertificateCommand, RequestCertificateCommand } from '@aws-sdk/client-acm';
import { expect, test } from '@jest/globals';
import { certificate } from '../../../shared/resources/acm/certificate.ts';
import { testAccount } from '../../support/sandbox.ts';
import { expectDeclaredReads, expectListedAsRead, testResource } from '../../support/test-resource.ts';

const ARN = 'arn:aws:acm:eu-west-1:111122223333:certificate/0a1b2c3d-4e5f-4071-8293-a4b5c6d7e8f9';

testResource(certificate, {
  events: {
    'acm/ImportCertificate': [ARN],
    'acm/RequestCertificate': [ARN],
    'acm/RenewCertificate': [ARN],
    'acm/DeleteCertificate': [ARN],
    'acm/AddTagsToCertificate': [ARN],
    'acm/RemoveTagsFromCertificate': [ARN],
    'acm/ACMCertificateApproachingExpiration': [ARN],
    'acm/ACMCertificateExpired': [ARN],
    'acm/ACMCertificateAvailable': [ARN],
    'acm/ACMCertificateRenewalActionRequired': [ARN],
  },
});

test('a certificate is read without its key, and listed as it is read whatever its key is', async () => {
  const account = await testAccount();
  const aws = account.aws();
  const acm = aws(ACMClient);
  const request = (DomainName: string, KeyAlgorithm: 'RSA_2048' | 'EC_prime256v1') =>
    acm.send(new RequestCertificateCommand({ DomainName, KeyAlgorithm }));
  const { CertificateArn: resourceId = '' } = await request('www.example.com', 'RSA_2048');
  await request('shop.example.com', 'EC_prime256v1');
  const ref = { resourceType: certificate.type, resourceId, accountId: account.accountId, region: account.region };
  const read = () => certificate.facets.certificate.read(aws, ref);
  expect(await read()).toEqual({
    domainName: 'www.example.com',
    status: 'PENDING_VALIDATION',
    type: 'AMAZON_ISSUED',
    notAfter: expect.anything(),
  });
  expect(await certificate.ownership?.read(aws, ref)).toEqual({ tags: {}, service: null });
  await expectDeclaredReads(certificate, resourceId, account);
  await expectListedAsRead(certificate, account);
  await acm.send(new DeleteCertificateCommand({ CertificateArn: resourceId }));
  await expect(read()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});
