/** What AWS charges for one of something in us-east-1, on demand and without the free tier. */
export interface Price {
  readonly what: string;
  /** US dollars for `per` of it. */
  readonly usd: number;
  readonly per: number;
  /** AWS's own page of this price. */
  readonly page: string;
  /** Where the number was read, and of when that is; null: from memory. */
  readonly seen: string | null;
}

const MILLION = 1e6;
const cloudwatch = 'https://aws.amazon.com/cloudwatch/pricing/';
const dynamodb = 'https://aws.amazon.com/dynamodb/pricing/on-demand/';
const sns = 'https://aws.amazon.com/sns/pricing/';
const lambda = 'https://aws.amazon.com/lambda/pricing/';
const kms = 'https://aws.amazon.com/kms/pricing/';
const FACTUAL = 'factualminds.com, June 2026';

/** Price list of November 2026. AWS's pages fill their numbers in by script, so that most were read where somebody quotes them. */
export const PRICES = {
  sqsRequest: {
    what: 'SQS, request',
    usd: 0.4,
    per: MILLION,
    page: 'https://aws.amazon.com/sqs/pricing/',
    seen: 'cloudburn.io, March 2026',
  },
  event: {
    what: 'EventBridge, event of one’s own or to another bus',
    usd: 1,
    per: MILLION,
    page: 'https://aws.amazon.com/eventbridge/pricing/',
    seen: 'cloudburn.io, March 2026',
  },
  lambdaRequest: {
    what: 'Lambda, invocation',
    usd: 0.2,
    per: MILLION,
    page: lambda,
    seen: 'AWS’s page, September 2026',
  },
  lambdaGbSecond: {
    what: 'Lambda, GB-second on arm64',
    usd: 0.0000133334,
    per: 1,
    page: lambda,
    seen: 'cloudchipr.com, 2024',
  },
  writeUnit: {
    what: 'DynamoDB, write unit on demand',
    usd: 0.625,
    per: MILLION,
    page: dynamodb,
    seen: 'airbyte.com, July 2025',
  },
  readUnit: {
    what: 'DynamoDB, read unit on demand',
    usd: 0.125,
    per: MILLION,
    page: dynamodb,
    seen: 'airbyte.com, July 2025',
  },
  ledgerGb: { what: 'DynamoDB, GB stored for a month', usd: 0.25, per: 1, page: dynamodb, seen: null },
  backupGb: { what: 'DynamoDB, GB in point-in-time recovery', usd: 0.2, per: 1, page: dynamodb, seen: null },
  publish: { what: 'SNS, publish', usd: 0.5, per: MILLION, page: sns, seen: FACTUAL },
  email: { what: 'SNS, e-mail', usd: 2, per: 100_000, page: sns, seen: FACTUAL },
  kmsKey: { what: 'KMS, key for a month', usd: 1, per: 1, page: kms, seen: 'AWS’s page, a stored copy without a date' },
  kmsRequest: { what: 'KMS, request', usd: 0.03, per: 10_000, page: kms, seen: FACTUAL },
  metric: {
    what: 'CloudWatch, metric of one’s own',
    usd: 0.3,
    per: 1,
    page: cloudwatch,
    seen: 'signoz.io, February 2026',
  },
  alarm: { what: 'CloudWatch, alarm', usd: 0.1, per: 1, page: cloudwatch, seen: 'output of infracost, without a date' },
  dashboard: { what: 'CloudWatch, dashboard', usd: 3, per: 1, page: cloudwatch, seen: FACTUAL },
  logGb: { what: 'CloudWatch Logs, GB taken in', usd: 0.5, per: 1, page: cloudwatch, seen: FACTUAL },
  logStorageGb: {
    what: 'CloudWatch Logs, GB stored for a month',
    usd: 0.03,
    per: 1,
    page: cloudwatch,
    seen: 'output of infracost, without a date',
  },
  secret: {
    what: 'Secrets Manager, secret for a month',
    usd: 0.4,
    per: 1,
    page: 'https://aws.amazon.com/secrets-manager/pricing/',
    seen: 'AWS’s page, September 2026',
  },
  secretCall: {
    what: 'Secrets Manager, call',
    usd: 0.05,
    per: 10_000,
    page: 'https://aws.amazon.com/secrets-manager/pricing/',
    seen: 'AWS’s page, September 2026',
  },
  s3Request: {
    what: 'S3, request that reads a bucket’s settings',
    usd: 0.0004,
    per: 1000,
    page: 'https://aws.amazon.com/s3/pricing/',
    seen: 'c3x.dev, without a date',
  },
  transferGb: {
    what: 'GB from one region to another, the usual pair',
    usd: 0.02,
    per: 1,
    page: 'https://aws.amazon.com/ec2/pricing/on-demand/',
    seen: 'awsnegotiations.com, May 2026',
  },
  configEvaluation: {
    what: 'AWS Config, evaluation of a rule (the first 100,000 in a region)',
    usd: 0.001,
    per: 1,
    page: 'https://aws.amazon.com/config/pricing/',
    seen: 'vantage.sh, without a date',
  },
} as const satisfies Readonly<Record<string, Price>>;

/** What is charged for. */
export type Meter = keyof typeof PRICES;

/** US dollars for a quantity. */
export const priceOf = (meter: Meter, quantity: number): number => (quantity / PRICES[meter].per) * PRICES[meter].usd;
