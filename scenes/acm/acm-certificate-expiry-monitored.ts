import { ACMClient, DescribeCertificateCommand, RequestCertificateCommand } from '@aws-sdk/client-acm';
import { DAY_MS } from '../../shared/time.ts';
import { freshEvent } from '../fresh-event.ts';
import type { Scene } from '../scene.ts';

/** The certificate that the sample tells of, by the end of its ARN. */
const SAMPLE_ID = '0a1b2c3d-4e5f-4071-8293-a4b5c6d7e8f9';

export default {
  title: 'A certificate comes near the day on which it expires',
  expects: { 'acm-certificate-expiry-monitored': 'detected' },
  async prepare(account) {
    const { aws, accountId, region } = account;
    const acm = aws(ACMClient);
    // What a private authority issues needs no validation.
    const CertificateAuthorityArn = `arn:aws:acm-pca:${region}:${accountId}:certificate-authority/1b2c3d4e-5f60-4182-93a4-b5c6d7e8f9a0`;
    const issue = async (DomainName: string) => {
      const asked = new RequestCertificateCommand({ DomainName, CertificateAuthorityArn });
      return (await acm.send(asked)).CertificateArn ?? '';
    };
    const describe = async (CertificateArn: string) =>
      (await acm.send(new DescribeCertificateCommand({ CertificateArn }))).Certificate;
    const [arn, other] = [await issue('www.example.com'), await issue('shop.example.com')];
    const { NotAfter = new Date() } = (await describe(arn)) ?? {};
    return {
      state: () => describe(arn),
      neighbours: async () => ({ [`certificate ${other}`]: await describe(other) }),
      async happen() {
        const event = JSON.stringify(freshEvent('acm/ACMCertificateApproachingExpiration', account));
        const told = JSON.parse(event.replaceAll(SAMPLE_ID, arn.split('/').at(-1) ?? ''));
        return { event: told, at: new Date(NotAfter.getTime() - 20 * DAY_MS) };
      },
    };
  },
} satisfies Scene;
