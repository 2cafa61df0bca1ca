import {
  APIGatewayClient,
  CreateDomainNameCommand,
  GetDomainNameCommand,
  UpdateDomainNameCommand,
} from '@aws-sdk/client-api-gateway';
import { freshEvent } from '../fresh-event.ts';
import type { Scene, SceneAccount } from '../scene.ts';

/** Creates a domain name that takes TLS 1.2 and newer. */
async function createDomainName({ aws, name, accountId, region }: SceneAccount, base: string): Promise<string> {
  const domainName = `${name(base)}.example.com`;
  const regionalCertificateArn = `arn:aws:acm:${region}:${accountId}:certificate/0a1b2c3d-4e5f-4a6b-8c7d-0a1b2c3d4e5f`;
  const endpointConfiguration = { types: ['REGIONAL' as const] };
  const settings = { regionalCertificateArn, endpointConfiguration, securityPolicy: 'TLS_1_2' as const };
  await aws(APIGatewayClient).send(new CreateDomainNameCommand({ domainName, ...settings }));
  return domainName;
}

export default {
  title: 'A custom domain name takes TLS 1.0 again',
  expects: { 'apigateway-domain-tls-policy-current': 'remediated' },
  async prepare(account) {
    const domainName = await createDomainName(account, 'api');
    const other = await createDomainName(account, 'shop');
    const api = account.aws(APIGatewayClient);
    const describe = async (name: string) => {
      const { $metadata: _, ...found } = await api.send(new GetDomainNameCommand({ domainName: name }));
      return found;
    };
    return {
      state: () => describe(domainName),
      async neighbours() {
        const { securityPolicy: _, ...rest } = await describe(domainName);
        return { [`the rest of ${domainName}`]: rest, [`domain name ${other}`]: await describe(other) };
      },
      async happen() {
        const patchOperations = [{ op: 'replace' as const, path: '/securityPolicy', value: 'TLS_1_0' }];
        await api.send(new UpdateDomainNameCommand({ domainName, patchOperations }));
        const names = { 'requestParameters.domainName': domainName };
        return { event: freshEvent('apigateway/UpdateDomainName', account, names) };
      },
    };
  },
} satisfies Scene;
