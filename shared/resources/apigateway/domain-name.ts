import {
  APIGatewayClient,
  type DomainName,
  GetDomainNameCommand,
  paginateGetDomainNames,
} from '@aws-sdk/client-api-gateway';
import { carried } from '../../aws/answer.ts';
import { consoleUrl } from '../../aws/console-url.ts';
import { pagesOf } from '../../aws/pages.ts';
import { strings } from '../../event.ts';
import { type Aws, call, defineResource, onResources, partitionOf, type ResourceRef } from '../../resource.ts';
import apigateway from './service.ts';

const getDomainName = onResources('arn:${AWS::Partition}:apigateway:*::/domainnames/*', 'apigateway:GET');

async function describeDomainName(aws: Aws, { resourceId }: ResourceRef) {
  const found = await aws(APIGatewayClient).send(new GetDomainNameCommand({ domainName: resourceId }));
  carried('GetDomainName', 'domainName', found.domainName);
  return found;
}

const tlsOf = ({ securityPolicy, domainNameStatus }: DomainName) => ({
  securityPolicy: carried('API Gateway', 'securityPolicy', securityPolicy),
  domainNameStatus: domainNameStatus ?? null,
});

/** `arn:aws:apigateway:eu-west-1::/domainnames/api.example.com` */
const inArn = (arn: string): readonly string[] => /:\/domainnames\/([^/+]+)$/.exec(arn)?.slice(1) ?? [];

/** A custom domain name of REST, HTTP or WebSocket APIs: which TLS it takes. Private ones, of which several may have one name, are left out. */
export const domainName = defineResource({
  service: apigateway,
  type: 'AWS::ApiGateway::DomainName',
  triggers: [
    call('apigateway.amazonaws.com', ['CreateDomainName', 'UpdateDomainName', 'DeleteDomainName'], {
      ids: ({ request }) => [
        ...new Set([...strings(request, 'domainName'), ...strings(request, 'createDomainNameInput.domainName')]),
      ],
      facets: ['tls'],
    }),
    call('apigateway.amazonaws.com', ['TagResource', 'UntagResource'], {
      ids: ({ request }) => strings(request, 'resourceArn').flatMap(inArn),
      find: async () => [],
      facets: ['tls'],
    }),
  ],
  gone: ['NotFoundException'],
  facets: { tls: { grants: getDomainName, read: async (aws, ref) => tlsOf(await describeDomainName(aws, ref)) } },
  grants: onResources('arn:${AWS::Partition}:apigateway:*::/domainnames', 'apigateway:GET'),
  volatile: ['domainNameStatus'],
  ownership: {
    grants: getDomainName,
    read: async (aws, ref) => ({ tags: (await describeDomainName(aws, ref)).tags ?? {}, service: null }),
  },
  arn: ({ resourceId, region }) => `arn:${partitionOf(region)}:apigateway:${region}::/domainnames/${resourceId}`,
  consoleUrl: ({ resourceId, region }) => consoleUrl(region, `apigateway/main/publish/domain-names#${resourceId}`),
  list: (aws, _account, from) =>
    pagesOf(
      paginateGetDomainNames({ client: aws(APIGatewayClient), startingToken: from }, { limit: 100 }),
      ({ position }) => position,
      ({ items }) =>
        carried('GetDomainNames', 'item', items).flatMap((found) =>
          found.domainName === undefined || found.endpointConfiguration?.types?.includes('PRIVATE')
            ? []
            : [{ resourceId: found.domainName, facets: { tls: tlsOf(found) } }],
        ),
    ),
});
