/** Tags that only an AWS service can set, with the service that keeps what carries them. */
const SERVICE_TAGS: readonly (readonly [key: string, service: string])[] = [
  ['aws:eks:cluster-name', 'EKS'],
  ['aws:backup:source-resource', 'AWS Backup'],
  ['aws:elasticfilesystem:default-backup', 'EFS'],
];

/** The AWS service that keeps a resource with these tags; null for everything else. Nobody but AWS can set a tag that begins with `aws:`. */
export const serviceOfTags = (tags: Readonly<Record<string, string>>): string | null =>
  SERVICE_TAGS.find(([key]) => key in tags)?.[1] ?? null;

/** Security groups that services make, by the name and the description that they give them: both, for anybody can copy one. */
const SERVICE_GROUPS: readonly (readonly [name: RegExp, description: RegExp, service: string])[] = [
  [/^eks-cluster-sg-/, /^EKS created security group applied to ENI/, 'EKS'],
  [
    /^d-[0-9a-f]+_controllers$/,
    /^AWS created security group for d-[0-9a-f]+ directory controllers/,
    'Directory Service',
  ],
  [/^default_elb_/, /^ELB created security group used when no security group is specified/, 'Elastic Load Balancing'],
  [
    /^(ec2-rds|rds-ec2|lambda-rds|rds-lambda)-\d+$/,
    /^Security group attached to .* Modification could lead to connection loss\.$/,
    'RDS',
  ],
];

/** The AWS service that made a security group for itself; null for everything else. */
export const serviceOfGroup = (name: string, description: string): string | null =>
  SERVICE_GROUPS.find(([names, descriptions]) => names.test(name) && descriptions.test(description))?.[2] ?? null;
