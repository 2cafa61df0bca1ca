import type { Condition } from '../../shared/resource.ts';

/** One statement of a role's policy, as it stands in the CloudFormation template, and `why`, which docs/permissions.md prints instead. */
export interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
  /** What it lets the function do, or keeps it from, in words that follow "it may" or "it can never". */
  readonly why: string;
}

/** `evenkeel-prod`, once the framework has read it: what all names of a deployment begin with. */
export const PREFIX = '${self:service}-${sls:stage}';

/** The framework's name for a function: `configRules` for the folder `config-rules`. */
export const functionKey = (name: string): string =>
  name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

/** The logical id of what belongs to a function: `InfrastructureQueue`. */
export const logicalId = (name: string, what: string): string => {
  const key = functionKey(name);
  return `${key[0]?.toUpperCase()}${key.slice(1)}${what}`;
};

/** Text in which CloudFormation fills in `${…}`; text without any stays as it is. */
export const sub = (text: string): unknown => (text.includes('${') ? { 'Fn::Sub': text } : text);

/** A condition whose values CloudFormation fills in. */
export const filledIn = (condition: Condition): unknown =>
  Object.fromEntries(
    Object.entries(condition).map(([operator, keys]) => [
      operator,
      Object.fromEntries(
        Object.entries(keys).map(([key, value]) => [key, typeof value === 'string' ? sub(value) : value.map(sub)]),
      ),
    ]),
  );

const arnOf = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });

/** The function's own log streams; its log group is made with the stack. */
export const logStatement = (name: string): Statement => ({
  Sid: 'Log',
  Effect: 'Allow',
  Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  Resource: sub(
    `arn:\${AWS::Partition}:logs:\${AWS::Region}:\${AWS::AccountId}:log-group:/aws/lambda/${PREFIX}-${name}:*`,
  ),
  why: 'write its own log',
});

/** What Lambda needs to read the function's queue on its behalf. */
export const queueStatement = (name: string): Statement => ({
  Sid: 'TakeEvents',
  Effect: 'Allow',
  // Lambda itself leaves a message that failed to the queue's visibility timeout; the function shortens it.
  Action: ['sqs:ChangeMessageVisibility', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
  Resource: arnOf(logicalId(name, 'Queue')),
  why: 'receive events from its own queue, and set when a failed one is retried',
});

/** Messages of our own, to the queues of these functions. */
export const sendStatement = (...names: readonly string[]): Statement => ({
  Sid: 'SendMessages',
  Effect: 'Allow',
  Action: ['sqs:GetQueueUrl', 'sqs:SendMessage'],
  Resource: names.length === 1 ? queueArn(names[0] ?? '') : names.map(queueArn),
  why: 'send its own messages, for rechecks and the next slice of a sweep',
});

const queueArn = (name: string) => arnOf(logicalId(name, 'Queue'));

/** Reads and writes of the ledger; a transaction needs no more than its puts and its checks. */
const ledgerStatement = (): Statement => ({
  Sid: 'Ledger',
  Effect: 'Allow',
  Action: [
    'dynamodb:BatchGetItem',
    'dynamodb:ConditionCheckItem',
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'dynamodb:Query',
  ],
  Resource: arnOf('LedgerTable'),
  why: 'read the ledger and write to it',
});

/** Reads of the ledger's lists over all resources. */
export const listsStatement = (): Statement => ({
  Sid: 'Lists',
  Effect: 'Allow',
  Action: ['dynamodb:Query'],
  Resource: sub('${LedgerTable.Arn}/index/lists'),
  why: "read the ledger's lists over all resources",
});

/** The ways to lose evidence: items taken away or changed in place, the table or its backups ended or replaced, others let in. */
const LOSSES = [
  'dynamodb:BatchWriteItem',
  'dynamodb:DeleteBackup',
  'dynamodb:DeleteItem',
  'dynamodb:DeleteResourcePolicy',
  'dynamodb:DeleteTable',
  'dynamodb:PartiQLDelete',
  'dynamodb:PartiQLInsert',
  'dynamodb:PartiQLUpdate',
  'dynamodb:PutResourcePolicy',
  'dynamodb:RestoreTableFromAwsBackup',
  'dynamodb:RestoreTableFromBackup',
  'dynamodb:RestoreTableToPointInTime',
  'dynamodb:UpdateContinuousBackups',
  'dynamodb:UpdateItem',
  'dynamodb:UpdateTable',
  'dynamodb:UpdateTimeToLive',
];

/** Holds whatever else the role, or a policy that somebody adds to it, allows. */
export const keepLedgerStatement = (): Statement => ({
  Sid: 'KeepLedger',
  Effect: 'Deny',
  Action: LOSSES,
  Resource: [arnOf('LedgerTable'), sub('${LedgerTable.Arn}/*')],
  why: 'delete from the ledger, update it in place, or delete or replace its table, its backups or its policy',
});

/** What every function that writes to the ledger is kept from: the ledger is compared with these logs. */
const keepLogsStatement = (): Statement => ({
  Sid: 'KeepLogs',
  Effect: 'Deny',
  Action: ['logs:DeleteLogGroup', 'logs:DeleteLogStream', 'logs:DeleteRetentionPolicy', 'logs:PutRetentionPolicy'],
  Resource: [`/aws/lambda/${PREFIX}-*`, '${AnchorLogGroup}*'].map((name) =>
    sub(`arn:\${AWS::Partition}:logs:\${AWS::Region}:\${AWS::AccountId}:log-group:${name}`),
  ),
  why: "delete Evenkeel's logs, or change how long they are kept",
});

/** Notices to people. */
const noticeStatement = (): Statement => ({
  Sid: 'Tell',
  Effect: 'Allow',
  Action: ['sns:Publish'],
  Resource: { Ref: 'NoticeTopic' },
  why: 'publish notifications',
});

/** Where Lambda keeps an invocation that failed and that no queue holds, on the function's behalf. */
export const failedEventsStatement = (): Statement => ({
  Sid: 'KeepFailedEvents',
  Effect: 'Allow',
  Action: ['sqs:SendMessage'],
  Resource: arnOf('DeadLetterQueue'),
  why: 'send failed invocations to the dead-letter queue',
});

/** The use that these services make of our key on the function's behalf: DynamoDB and SQS decrypt, SNS and a queue that is sent to also ask for data keys. */
export const keyStatement = (...services: readonly ('dynamodb' | 'sns' | 'sqs')[]): Statement => ({
  Sid: 'Key',
  Effect: 'Allow',
  Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
  Resource: arnOf('Key'),
  Condition: {
    StringEquals: {
      'kms:ViaService': services.map((service) => sub(`${service}.\${AWS::Region}.\${AWS::URLSuffix}`)),
    },
  },
  why: "use Evenkeel's key",
});

/** What every function with a queue, the ledger and notices needs for itself. */
export const ownStatements = (name: string): readonly Statement[] => [
  logStatement(name),
  queueStatement(name),
  ledgerStatement(),
  keepLedgerStatement(),
  keepLogsStatement(),
  noticeStatement(),
  keyStatement('dynamodb', 'sns', 'sqs'),
];
