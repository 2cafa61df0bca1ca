import type { Condition } from '../../shared/control.ts';

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

/** The logical id of what belongs to a function: `Ec2Queue`. */
export const logicalId = (name: string, what: string): string => `${name[0]?.toUpperCase()}${name.slice(1)}${what}`;

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
  // Lambda leaves a message that failed to the queue's visibility timeout: it asks for no sqs:ChangeMessageVisibility.
  Action: ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
  Resource: arnOf(logicalId(name, 'Queue')),
  why: 'take events from its own queue',
});

/** Reads and writes of the ledger; a transaction of puts needs no more than the puts. */
export const ledgerStatement = (): Statement => ({
  Sid: 'Ledger',
  Effect: 'Allow',
  Action: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'],
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
  why: 'take anything out of the ledger, change it in place, or end or replace its table, its backups or its policy',
});

/** Notices to people. */
export const noticeStatement = (): Statement => ({
  Sid: 'Tell',
  Effect: 'Allow',
  Action: ['sns:Publish'],
  Resource: { Ref: 'NoticeTopic' },
  why: 'publish notices',
});

/** Events of our own, on the default bus of the home region. */
export const putEventsStatement = (): Statement => ({
  Sid: 'AskForAnotherLook',
  Effect: 'Allow',
  Action: ['events:PutEvents'],
  Resource: sub('arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:event-bus/default'),
  // The key holds the source of every entry; "for all values" is also true of none, so there must be one.
  Condition: { 'ForAllValues:StringEquals': { 'events:source': 'evenkeel' }, Null: { 'events:source': 'false' } },
  why: 'send events of its own, for another look or the next slice of a sweep',
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
  noticeStatement(),
  keyStatement('dynamodb', 'sns', 'sqs'),
];

/** The role of a function, which only Lambda can take on. */
export const roleOf = (statements: readonly Statement[]) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    },
    Policies: [
      {
        PolicyName: 'evenkeel',
        PolicyDocument: { Version: '2012-10-17', Statement: statements.map(({ why: _, ...statement }) => statement) },
      },
    ],
  },
});
