import { field, type JsonObject, stringOrNull } from './event.ts';

/** Who caused a change, from where and with what. Carried for people to read; it never decides anything. */
export interface Attribution {
  /** ARN of the caller, or the service that called. */
  readonly actor: string | null;
  readonly sourceIp: string | null;
  readonly userAgent: string | null;
  /** The tool, where the user agent or the invoking service names one. */
  readonly tool: Tool | null;
}

export type Tool = 'Terraform' | 'CloudFormation' | 'CDK' | 'Pulumi' | 'console' | 'CLI' | 'SDK';

/** From the most telling to the least: Terraform and Pulumi also name the SDK they are built on. */
const TOOLS: readonly (readonly [Tool, RegExp])[] = [
  ['Pulumi', /pulumi/i],
  ['Terraform', /terraform|opentofu/i],
  ['CDK', /aws-cdk|cdk\//i],
  ['CloudFormation', /cloudformation/i],
  [
    'console',
    /console\.(?:[\w-]{1,63}\.){0,4}amazonaws\.com|signin\.amazonaws\.com|S3Console|^AWS (Internal|Signin)|^Mozilla\//i,
  ],
  ['CLI', /aws-cli|AWSPowerShell/i],
  ['SDK', /aws-sdk|boto3|botocore|aws-internal/i],
];

/** CloudTrail cuts user agents at 1 KB: what is longer it did not write, and is not searched. */
const MAX_TRACE_CHARACTERS = 2048;

const CONSOLE = 'console.amazonaws.com';

/** Reads attribution out of a CloudTrail record. */
export function attributionOf(record: JsonObject): Attribution {
  const identity = field(record, 'userIdentity');
  const invokedBy = stringOrNull(field(identity, 'invokedBy'));
  const userAgent = stringOrNull(field(record, 'userAgent'));
  const console = stringOrNull(field(record, 'sessionCredentialFromConsole')) === 'true' ? CONSOLE : '';
  const traces = [userAgent, invokedBy, console]
    .map((text) => (text ?? '').slice(0, MAX_TRACE_CHARACTERS))
    .join(' ')
    .trim();
  return {
    actor: stringOrNull(field(identity, 'arn')) ?? invokedBy ?? stringOrNull(field(identity, 'type')),
    sourceIp: stringOrNull(field(record, 'sourceIPAddress')),
    userAgent,
    tool: TOOLS.find(([, pattern]) => pattern.test(traces))?.[0] ?? null,
  };
}
