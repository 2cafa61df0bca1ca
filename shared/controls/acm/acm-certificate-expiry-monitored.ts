import { compliant, defineControl, nonCompliant, notApplicable } from '../../control.ts';
import { requirements } from '../../frameworks.ts';
import { certificate } from '../../resources/acm/certificate.ts';
import { counted } from '../../text.ts';
import { DAY_MS } from '../../time.ts';

/** Statuses in which a certificate has been issued. */
const ISSUED = ['ISSUED', 'EXPIRED', 'INACTIVE'];

export default defineControl({
  id: 'acm-certificate-expiry-monitored',
  title: 'ACM certificates must be renewed before they expire',
  severity: 'MEDIUM',
  resource: certificate,
  needs: ['certificate'],
  securityControlIds: ['ACM.1'],
  relatedRequirements: [
    'AWS FSBP ACM.1',
    ...requirements(
      'PCI DSS v4.0',
      '3.5.1.1 3.5.1.3 3.6.1 3.6.1.2 3.6.1.3 3.6.1.4 3.7.1 3.7.2 3.7.4 3.7.5 3.7.6 3.7.7 4.2.1.1',
    ),
    ...requirements('NIST 800-53 r5', 'SC-7(12) SC-7(16)'),
    'SOC 2 CC6.7',
  ],
  description:
    'A certificate must be valid for daysToExpiration more days, imported or issued by ACM. It is notified once when it becomes due, and again when it has expired. ACM renews what it has issued 60 days before, where it is in use and can still be validated: one that comes due nevertheless requires a person.',
  rationale:
    'When a certificate expires, clients refuse the site, and people get used to ignoring certificate warnings.',
  guidance:
    'Import the renewed certificate under the same ARN, or find out why ACM cannot renew it: most often the DNS record for its validation is missing.',
  impact: 'none',
  recommendedMode: 'detect',
  permissions: {},
  parameters: {
    daysToExpiration: {
      description: 'How many days before it expires a certificate is due.',
      type: 'integer',
      minimum: 1,
      maximum: 365,
      default: 30 as number,
    },
  },
  evaluate({ certificate: { domainName, status, notAfter } }, { parameters: { daysToExpiration }, now }) {
    if (!ISSUED.includes(status) || notAfter === null) return notApplicable(`The certificate is ${status}.`);
    const left = Date.parse(notAfter) - now.getTime();
    const until = notAfter.slice(0, 10);
    const which = `The certificate of ${domainName ?? 'no name'}`;
    if (status === 'EXPIRED' || left <= 0) return nonCompliant(`${which} expired on ${until}.`, ['expired', notAfter]);
    return left < daysToExpiration * DAY_MS
      ? nonCompliant(`${which} expires on ${until}, in ${counted(Math.ceil(left / DAY_MS), 'day')}.`, ['due', notAfter])
      : compliant(`${which} is valid until ${until}.`);
  },
});
