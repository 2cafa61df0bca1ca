import type { AnyControl, Condition, Grant } from '../../shared/control.ts';

/** Where an action may be used, and what IAM has to find in the request; `null` where the resources say it all. */
export interface Scope {
  readonly resources: readonly string[];
  readonly condition: Condition | null;
}

/** Actions whose requests carry no `aws:ResourceAccount`. Source: IAM User Guide, "AWS global condition context keys". */
const WITHOUT_RESOURCE_ACCOUNT = [
  'ec2:CopyFpgaImage',
  'ec2:CopyImage',
  'ec2:CopySnapshot',
  'ec2:CreateTransitGatewayPeeringAttachment',
  'ec2:CreateVolume',
  'ec2:CreateVpcPeeringConnection',
];

/** Nothing of another account, also where the ARN of a resource does not say whose it is. */
export const IN_THIS_ACCOUNT: Condition = { StringEquals: { 'aws:ResourceAccount': '${AWS::AccountId}' } };

/** What a control grants an action, as narrow as the service allows: where an ARN names no account, the condition does. Settings of the account, which have no ARN, are the caller's own. */
export function scopeOf(action: string, grant: Grant): Scope {
  const given = typeof grant === 'object' && 'condition' in grant ? grant : { resources: grant, condition: {} };
  const resources = [given.resources].flat();
  const bound =
    resources.every((arn) => arn === '*' || arn.includes('${AWS::AccountId}')) ||
    WITHOUT_RESOURCE_ACCOUNT.includes(action);
  const { StringEquals = {}, ...others } = given.condition as Condition;
  const equals = { ...StringEquals, ...(bound ? {} : IN_THIS_ACCOUNT.StringEquals) };
  const condition = { ...others, ...(Object.keys(equals).length > 0 ? { StringEquals: equals } : {}) };
  return { resources, condition: Object.keys(condition).length > 0 ? condition : null };
}

/** The actions of a control's plan, each with its scope. */
export const scopesOf = (control: AnyControl): readonly (readonly [action: string, scope: Scope])[] =>
  Object.entries(control.permissions as Readonly<Record<string, Grant>>).map(([action, grant]) => [
    action,
    scopeOf(action, grant),
  ]);

/** A kind of thing that reads can be narrowed to. */
export interface ReadScope extends Scope {
  readonly sid: string;
  readonly what: string;
  readonly actions: readonly string[];
}

/** Reads that IAM can narrow to a kind of resource. Source: Service Authorization Reference. */
const NARROW: readonly ReadScope[] = [
  {
    sid: 'ReadBuckets',
    what: 'settings and tags of buckets',
    resources: ['arn:${AWS::Partition}:s3:::*'],
    condition: IN_THIS_ACCOUNT,
    actions: [
      's3:GetBucketPolicy',
      's3:GetBucketPublicAccessBlock',
      's3:GetBucketTagging',
      's3:GetBucketWebsite',
      's3:GetEncryptionConfiguration',
    ],
  },
  {
    sid: 'ReadTrails',
    what: 'settings and tags of trails',
    // An organisation's trail belongs to its management account.
    resources: ['arn:${AWS::Partition}:cloudtrail:*:*:trail/*'],
    condition: null,
    actions: [
      'cloudtrail:GetEventSelectors',
      'cloudtrail:GetInsightSelectors',
      'cloudtrail:GetTrail',
      'cloudtrail:GetTrailStatus',
      'cloudtrail:ListTags',
    ],
  },
  {
    sid: 'ReadSnapshots',
    what: 'who may use a snapshot',
    // A snapshot that is gone belongs to nobody: by a condition, EC2 could not say that it is gone.
    resources: ['arn:${AWS::Partition}:ec2:*::snapshot/*'],
    condition: null,
    actions: ['ec2:DescribeSnapshotAttribute'],
  },
  {
    sid: 'ReadPrefixLists',
    what: 'the CIDRs of prefix lists that rules refer to',
    // Rules also refer to lists of AWS and to lists that other accounts share.
    resources: ['arn:${AWS::Partition}:ec2:*:*:prefix-list/*'],
    condition: null,
    actions: ['ec2:GetManagedPrefixListEntries'],
  },
];

/** Reads that name no resource: lists, and settings of the account in a region. */
const WIDE: Omit<ReadScope, 'actions'> = {
  sid: 'Read',
  what: 'lists, and settings of the account',
  resources: ['*'],
  condition: null,
};

/** The reads by their scope, the widest first; only scopes that are used. */
export function readScopes(actions: ReadonlySet<string>): readonly ReadScope[] {
  const narrowed = NARROW.map((scope) => ({
    ...scope,
    actions: scope.actions.filter((action) => actions.has(action)),
  }));
  const wide = [...actions].filter((action) => !narrowed.some((scope) => scope.actions.includes(action)));
  return [{ ...WIDE, actions: wide.sort() }, ...narrowed].filter((scope) => scope.actions.length > 0);
}
