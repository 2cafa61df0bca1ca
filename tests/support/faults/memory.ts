import { DeleteTableCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DisableKeyCommand, EnableKeyCommand, ScheduleKeyDeletionCommand } from '@aws-sdk/client-kms';
import { home, keyId, kms, nothing, protect, recover, table } from './acts.ts';
import type { Fault } from './fault.ts';

export const memoryFaults: readonly Fault[] = [
  {
    name: 'the last deploy has failed, and so has taking it back',
    seed: nothing,
    answer: {
      call: 'cloudformation:DescribeStacks',
      change: (body) => body.replace(/(CREATE|UPDATE)_COMPLETE/, 'UPDATE_ROLLBACK_FAILED'),
    },
    expect: {
      what: 'deployment',
      state: 'ill',
      says: /^evenkeel-prod in eu-west-1 is UPDATE_ROLLBACK_FAILED$/,
      mend: /^aws cloudformation describe-stack-events --stack-name evenkeel-prod --region eu-west-1/,
    },
  },
  {
    name: 'another policy.yml is deployed',
    seed: nothing,
    answer: {
      call: 'cloudformation:DescribeStacks',
      change: (body) => body.replace(/(PolicyVersion<\/OutputKey>\s*<OutputValue>)[^<]*/, '$1another'),
    },
    expect: { what: 'policy', state: 'look', says: /here, another is deployed/, mend: /npx serverless deploy/ },
  },
  {
    name: 'the ledger has gone',
    async seed(account, stack) {
      await protect(account, stack, false);
      await home(account)(DynamoDBClient).send(new DeleteTableCommand({ TableName: table(stack) }));
    },
    expect: {
      what: 'ledger',
      state: 'ill',
      says: /^evenkeel-prod-\S+ is gone$/,
      mend: /aws dynamodb restore-table-from-backup --target-table-name evenkeel-prod-\S+ --region eu-west-1/,
    },
  },
  {
    name: 'point-in-time recovery is off',
    seed: (account, stack) => recover(account, stack, false),
    mend: (account, stack) => recover(account, stack, true),
    expect: {
      what: 'evidence',
      state: 'ill',
      says: /no point-in-time recovery/,
      mend: /^aws dynamodb update-continuous-backups --table-name evenkeel-prod-\S+ .*=true --region eu-west-1$/,
    },
  },
  {
    name: 'the ledger can be deleted',
    seed: (account, stack) => protect(account, stack, false),
    mend: (account, stack) => protect(account, stack, true),
    expect: {
      what: 'evidence',
      state: 'ill',
      says: /not protected from deletion/,
      mend: /^aws dynamodb update-table --table-name evenkeel-prod-\S+ --deletion-protection-enabled --region eu-west-1$/,
    },
  },
  {
    name: 'the key is disabled',
    seed: async (account) => kms(account).send(new DisableKeyCommand({ KeyId: await keyId(account) })),
    mend: async (account) => kms(account).send(new EnableKeyCommand({ KeyId: await keyId(account) })),
    expect: {
      what: 'key',
      state: 'ill',
      says: / is Disabled: /,
      mend: /^aws kms enable-key --key-id [\w-]+ --region eu-west-1$/,
    },
  },
  {
    name: 'the key is to be deleted',
    seed: async (account) =>
      kms(account).send(new ScheduleKeyDeletionCommand({ KeyId: await keyId(account), PendingWindowInDays: 7 })),
    expect: {
      what: 'key',
      state: 'ill',
      says: / is PendingDeletion, and goes on \d{4}-\d\d-\d\d: /,
      mend: /^aws kms cancel-key-deletion --key-id [\w-]+ --region eu-west-1 && aws kms enable-key /,
    },
  },
  {
    name: 'the exemptions cannot be read',
    seed: (account, stack) =>
      home(account)(DynamoDBClient).send(
        new PutItemCommand({
          TableName: table(stack),
          Item: { pk: { S: 'SHARED' }, sk: { S: 'EXEMPTION#ex-1' }, version: { N: '1' }, document: { S: '{"id":' } },
        }),
      ),
    expect: {
      what: 'exemptions',
      state: 'ill',
      says: /^cannot be looked at: SyntaxError/,
      mend: /^nothing is remediated while they cannot be read: .*SHARED$/,
    },
  },
];
