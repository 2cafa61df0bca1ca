import { canonicalPattern } from './filter-pattern.ts';

/** What section 4 of the CIS AWS Foundations Benchmark wants an alarm for. */
interface CisPattern {
  /** The number of the requirement in the versions 3.0 and 5.0. */
  readonly requirement: string;
  /** What Security Hub publishes for CloudWatch.1 to CloudWatch.14; the benchmark's own for the organization. */
  readonly pattern: string;
  /** What else is accepted: the benchmark's own where Security Hub's differs, and those that select more. */
  readonly accepted: readonly string[];
  /** Of which service the calls are; a trail may exclude it. */
  readonly source: string | null;
}

const either = (names: string) =>
  names
    .split(' ')
    .map((name) => `($.eventName=${name})`)
    .join(' || ');

const calls = (requirement: string, names: string): CisPattern => ({
  requirement,
  pattern: `{${either(names)}}`,
  accepted: [],
  source: null,
});

/** Without the source, a pattern selects calls of that name of whatever service. */
const callsOf = (source: string, requirement: string, names: string): CisPattern => ({
  requirement,
  pattern: `{($.eventSource=${source}) && (${either(names)})}`,
  accepted: [`{${either(names)}}`],
  source,
});

const UNAUTHORIZED = '($.errorCode="*UnauthorizedOperation") || ($.errorCode="AccessDenied*")';
const WITHOUT_MFA = '($.eventName="ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes")';

/** https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html, and of the organization, which Security Hub has no control for, CIS 4.15. */
export const CIS_PATTERNS = {
  'unauthorized-api-calls': {
    requirement: '4.1',
    pattern: `{${UNAUTHORIZED}}`,
    accepted: [
      `{(${UNAUTHORIZED}) && ($.sourceIPAddress!="delivery.logs.amazonaws.com") && ($.eventName!="HeadBucket")}`,
      `{${UNAUTHORIZED} && ($.sourceIPAddress!="delivery.logs.amazonaws.com") && ($.eventName!="HeadBucket")}`,
    ],
    source: null,
  },
  'console-sign-in-without-mfa': {
    requirement: '4.2',
    pattern: `{ ${WITHOUT_MFA} && ($.userIdentity.type = "IAMUser") && ($.responseElements.ConsoleLogin = "Success") }`,
    accepted: [`{ ${WITHOUT_MFA} }`],
    source: null,
  },
  'root-user-usage': {
    requirement: '4.3',
    pattern: '{$.userIdentity.type="Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType !="AwsServiceEvent"}',
    accepted: [],
    source: null,
  },
  'iam-policy-changes': callsOf(
    'iam.amazonaws.com',
    '4.4',
    'DeleteGroupPolicy DeleteRolePolicy DeleteUserPolicy PutGroupPolicy PutRolePolicy PutUserPolicy CreatePolicy DeletePolicy CreatePolicyVersion DeletePolicyVersion AttachRolePolicy DetachRolePolicy AttachUserPolicy DetachUserPolicy AttachGroupPolicy DetachGroupPolicy',
  ),
  'cloudtrail-changes': calls('4.5', 'CreateTrail UpdateTrail DeleteTrail StartLogging StopLogging'),
  'console-authentication-failures': {
    requirement: '4.6',
    pattern: '{($.eventName=ConsoleLogin) && ($.errorMessage="Failed authentication")}',
    accepted: [],
    source: null,
  },
  'kms-key-deletions': callsOf('kms.amazonaws.com', '4.7', 'DisableKey ScheduleKeyDeletion'),
  's3-bucket-policy-changes': callsOf(
    's3.amazonaws.com',
    '4.8',
    'PutBucketAcl PutBucketPolicy PutBucketCors PutBucketLifecycle PutBucketReplication DeleteBucketPolicy DeleteBucketCors DeleteBucketLifecycle DeleteBucketReplication',
  ),
  'config-changes': callsOf(
    'config.amazonaws.com',
    '4.9',
    'StopConfigurationRecorder DeleteDeliveryChannel PutDeliveryChannel PutConfigurationRecorder',
  ),
  'security-group-changes': calls(
    '4.10',
    'AuthorizeSecurityGroupIngress AuthorizeSecurityGroupEgress RevokeSecurityGroupIngress RevokeSecurityGroupEgress CreateSecurityGroup DeleteSecurityGroup',
  ),
  'network-acl-changes': calls(
    '4.11',
    'CreateNetworkAcl CreateNetworkAclEntry DeleteNetworkAcl DeleteNetworkAclEntry ReplaceNetworkAclEntry ReplaceNetworkAclAssociation',
  ),
  'network-gateway-changes': calls(
    '4.12',
    'CreateCustomerGateway DeleteCustomerGateway AttachInternetGateway CreateInternetGateway DeleteInternetGateway DetachInternetGateway',
  ),
  'route-table-changes': callsOf(
    'ec2.amazonaws.com',
    '4.13',
    'CreateRoute CreateRouteTable ReplaceRoute ReplaceRouteTableAssociation DeleteRouteTable DeleteRoute DisassociateRouteTable',
  ),
  'vpc-changes': calls(
    '4.14',
    'CreateVpc DeleteVpc ModifyVpcAttribute AcceptVpcPeeringConnection CreateVpcPeeringConnection DeleteVpcPeeringConnection RejectVpcPeeringConnection AttachClassicLinkVpc DetachClassicLinkVpc DisableVpcClassicLink EnableVpcClassicLink',
  ),
  'organization-changes': callsOf(
    'organizations.amazonaws.com',
    '4.15',
    'AcceptHandshake AttachPolicy CreateAccount CreateOrganizationalUnit CreatePolicy DeclineHandshake DeleteOrganization DeleteOrganizationalUnit DeletePolicy DetachPolicy DisablePolicyType EnablePolicyType InviteAccountToOrganization LeaveOrganization MoveAccount RemoveAccountFromOrganization UpdatePolicy UpdateOrganizationalUnit',
  ),
} as const satisfies Readonly<Record<string, CisPattern>>;

export type CisPatternId = keyof typeof CIS_PATTERNS;
export const CIS_PATTERN_IDS = Object.keys(CIS_PATTERNS) as readonly CisPatternId[];

const BY_CANONICAL: ReadonlyMap<string | null, CisPatternId> = new Map(
  CIS_PATTERN_IDS.flatMap((id) => {
    const { pattern, accepted } = CIS_PATTERNS[id];
    return [pattern, ...accepted].map((text) => [canonicalPattern(text), id] as const);
  }),
);

/** What a filter pattern looks for, of these; null for any other. */
export const cisPatternOf = (filterPattern: string): CisPatternId | null => {
  const canonical = canonicalPattern(filterPattern);
  return canonical === null ? null : (BY_CANONICAL.get(canonical) ?? null);
};
