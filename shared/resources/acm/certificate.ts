import {
  ACMClient,
  type CertificateDetail,
  type CertificateSummary,
  DescribeCertificateCommand,
  KeyAlgorithm,
  ListTagsForCertificateCommand,
  paginateListCertificates,
} from '@aws-sdk/client-acm';
import { carried } from '../../aws/answer.ts';
import { consoleUrl } from '../../aws/console-url.ts';
import { pagesOf } from '../../aws/pages.ts';
import { serviceOfTags } from '../../aws/service-managed.ts';
import { tagsByKey } from '../../aws/tags.ts';
import { type EventRecord, strings } from '../../event.ts';
import { type Aws, call, defineResource, event, onEverything, onResources, type ResourceRef } from '../../resource.ts';
import acm from './service.ts';

const onCertificates = (action: string) =>
  onResources('arn:${AWS::Partition}:acm:*:${AWS::AccountId}:certificate/*', action);

const certificateOf = ({ DomainName, Status, Type, NotAfter }: CertificateDetail | CertificateSummary) => ({
  domainName: DomainName ?? null,
  status: carried('ACM', 'Status', Status),
  type: Type ?? null,
  /** None before it is issued. */
  notAfter: NotAfter?.toISOString() ?? null,
});

async function readCertificate(aws: Aws, { resourceId }: ResourceRef) {
  const { Certificate } = await aws(ACMClient).send(new DescribeCertificateCommand({ CertificateArn: resourceId }));
  return certificateOf(carried('DescribeCertificate', 'Certificate', Certificate));
}

async function readOwnership(aws: Aws, { resourceId }: ResourceRef) {
  const { Tags } = await aws(ACMClient).send(new ListTagsForCertificateCommand({ CertificateArn: resourceId }));
  const tags = tagsByKey(carried('ListTagsForCertificate', 'Tags', Tags));
  return { tags, service: serviceOfTags(tags) };
}

const firstOf = (answered: readonly string[], asked: readonly string[]) => (answered.length > 0 ? answered : asked);

const notified = (detailType: string) =>
  event('aws.acm', detailType, {
    ids: ({ resources }: EventRecord) => resources,
    facets: ['certificate'],
  });

/** A certificate of ACM by its ARN: its state and how long it is valid; never its key. */
export const certificate = defineResource({
  service: acm,
  type: 'AWS::ACM::Certificate',
  triggers: [
    call('acm.amazonaws.com', ['ImportCertificate', 'RequestCertificate'], {
      // Only an import of one that is there names it in the request.
      ids: ({ request, response }) => firstOf(strings(response, 'certificateArn'), strings(request, 'certificateArn')),
      facets: ['certificate'],
    }),
    call(
      'acm.amazonaws.com',
      ['RenewCertificate', 'DeleteCertificate', 'AddTagsToCertificate', 'RemoveTagsFromCertificate'],
      { ids: ({ request }) => strings(request, 'certificateArn'), facets: ['certificate'] },
    ),
    // ACM tells of what nobody calls for: a date that comes near, a renewal that was made, or that needs a person.
    notified('ACM Certificate Approaching Expiration'),
    notified('ACM Certificate Expired'),
    notified('ACM Certificate Available'),
    notified('ACM Certificate Renewal Action Required'),
  ],
  gone: ['ResourceNotFoundException'],
  facets: { certificate: { grants: onCertificates('acm:DescribeCertificate'), read: readCertificate } },
  grants: onEverything('acm:ListCertificates'),
  ownership: { grants: onCertificates('acm:ListTagsForCertificate'), read: readOwnership },
  arn: ({ resourceId }) => resourceId,
  consoleUrl: ({ resourceId, region }) => consoleUrl(region, `acm/home#/certificates/${resourceId.split('/').at(-1)}`),
  list: (aws, _account, from) =>
    pagesOf(
      // Unless it is asked for every kind of key, ACM lists certificates with some kinds of RSA keys alone.
      paginateListCertificates(
        { client: aws(ACMClient), startingToken: from },
        { Includes: { keyTypes: Object.values(KeyAlgorithm) }, MaxItems: 1000 },
      ),
      ({ NextToken }) => NextToken,
      ({ CertificateSummaryList }) =>
        carried('ListCertificates', 'CertificateSummaryList', CertificateSummaryList).flatMap((found) =>
          found.CertificateArn === undefined
            ? []
            : [{ resourceId: found.CertificateArn, facets: { certificate: certificateOf(found) } }],
        ),
    ),
});
