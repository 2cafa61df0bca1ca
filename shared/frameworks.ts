/** A published set of requirements. Its `prefix` stands before the number of the requirement in `relatedRequirements`. */
export interface Framework {
  /** What `--framework` takes. */
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  /** Who says which control meets which requirement. */
  readonly mappedBy: string;
  readonly source: string;
}

const PROWLER = 'https://github.com/prowler-cloud/prowler/tree/master/prowler/compliance/aws';
const SECURITY_HUB = 'https://docs.aws.amazon.com/securityhub/latest/userguide/';

/** The frameworks that somebody has publicly mapped to checks of AWS resources. */
export const FRAMEWORKS: readonly Framework[] = [
  {
    id: 'fsbp',
    name: 'AWS Foundational Security Best Practices v1.0.0',
    prefix: 'AWS FSBP',
    mappedBy: 'AWS Security Hub',
    source: `${SECURITY_HUB}fsbp-standard.html`,
  },
  {
    id: 'cis-v3',
    name: 'CIS AWS Foundations Benchmark v3.0.0',
    prefix: 'CIS AWS v3.0',
    mappedBy: 'AWS Security Hub',
    source: `${SECURITY_HUB}cis-aws-foundations-benchmark.html`,
  },
  {
    id: 'cis-v5',
    name: 'CIS AWS Foundations Benchmark v5.0.0',
    prefix: 'CIS AWS v5.0',
    mappedBy: 'AWS Security Hub',
    source: `${SECURITY_HUB}cis-aws-foundations-benchmark.html`,
  },
  {
    id: 'pci-dss-v4',
    name: 'PCI DSS v4.0',
    prefix: 'PCI DSS v4.0',
    mappedBy: 'Prowler',
    source: `${PROWLER}/pci_4.0_aws.json`,
  },
  {
    id: 'nist-800-53-r5',
    name: 'NIST SP 800-53 Rev. 5',
    prefix: 'NIST 800-53 r5',
    mappedBy: 'Prowler',
    source: `${PROWLER}/nist_800_53_revision_5_aws.json`,
  },
  {
    id: 'soc2',
    name: 'SOC 2 (trust services criteria)',
    prefix: 'SOC 2',
    mappedBy: 'Prowler',
    source: `${PROWLER}/soc2_aws.json`,
  },
];

/** What a control or detection says of the requirements that it meets. */
interface Related {
  readonly relatedRequirements: readonly string[];
}

/** The requirements of a framework that a control meets, by number: `2.1.4`; empty where it meets none. */
export const requirementsIn = ({ prefix }: Framework, { relatedRequirements }: Related): readonly string[] =>
  relatedRequirements
    .filter((requirement) => requirement.startsWith(`${prefix} `))
    .map((requirement) => requirement.slice(prefix.length + 1));

/** `relatedRequirements` of one framework, its numbers with a space between them: `requirements('SOC 2', 'CC6.2 CC7.2')`. */
export const requirements = (prefix: string, numbers: string): readonly string[] =>
  numbers.split(' ').map((number) => `${prefix} ${number}`);
