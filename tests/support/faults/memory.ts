import { DeleteTableCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DisableKeyCommand, EnableKeyCommand, ScheduleKeyDeletionCommand } from '@aws-sdk/client-kms';
import { home, keyId, kms, nothing, protect, recover, table } from './acts.ts';
import type { Fault } from './fault.ts';

export const memoryFaults: readonly Fault[] = [
  {
    name: 'the last deploy has failed, and so has its rollback',
    seed: nothing,
    answer: {
      call: 'cloudformation:DescribeStacks',
      change: (body) => body.replace(/(CREATE|UPDATE)_COMPLETE/, 'UPDATE_ROLLBACK_FAILED'),
    },
    expect: {
      check: 'deployment',
      status: 'error',
      message: /^evenkeel-prod in eu-west-1 is UPDATE_ROLLBACK_FAILED$/,
      remedy: /^aws cloudformation describe-stack-events --stack-name evenkeel-prod --region eu-west-1/,
    },
  },
  {
    name: 'another policy.yml is deployed',
    seed: nothing,
    answer: {
      call: 'cloudformation:DescribeStacks',
      change: (body) => body.replace(/(PolicyVersion<\/OutputKey>\s*<OutputValue>)[^<]*/, '$1another'),
    },
    expect: { check: 'policy', status: 'warning', message: /here, another deployed/, remedy: /npx serverless deploy/ },
  },
  {
    name: 'the ledger has gone',
    async seed(account, stack) {
      await protect(account, stack, false);
      await home(account)(DynamoDBClient).send(new DeleteTableCommand({ TableName: table(stack) }));
    },
    expect: {
      check: 'ledger',
      status: 'error',
      message: /^evenkeel-prod-\S+ does not exist$/,
      remedy: /aws dynamodb restore-table-from-backup --target-table-name evenkeel-prod-\S+ --region eu-west-1/,
    },
  },
  {
    name: 'point-in-time recovery is off',
    seed: (account, stack) => recover(account, stack, false),
    fix: (account, stack) => recover(account, stack, true),
    expect: {
      check: 'ledger backups',
      status: 'error',
      message: /no point-in-time recovery/,
      remedy: /^aws dynamodb update-continuous-backups --table-name evenkeel-prod-\S+ .*=true --region eu-west-1$/,
    },
  },
  {
    name: 'the ledger can be deleted',
    seed: (account, stack) => protect(account, stack, false),
    fix: (account, stack) => protect(account, stack, true),
    expect: {
      check: 'ledger backups',
      status: 'error',
      message: /not protected from deletion/,
      remedy:
        /^aws dynamodb update-table --table-name evenkeel-prod-\S+ --deletion-protection-enabled --region eu-west-1$/,
    },
  },
  {
    name: 'the key is disabled',
    seed: async (account) => kms(account).send(new DisableKeyCommand({ KeyId: await keyId(account) })),
    fix: async (account) => kms(account).send(new EnableKeyCommand({ KeyId: await keyId(account) })),
    expect: {
      check: 'key',
      status: 'error',
      message: / is Disabled: /,
      remedy: /^aws kms enable-key --key-id [\w-]+ --region eu-west-1$/,
    },
  },
  {
    name: 'the key is to be deleted',
    seed: async (account) =>
      kms(account).send(new ScheduleKeyDeletionCommand({ KeyId: await keyId(account), PendingWindowInDays: 7 })),
    expect: {
      check: 'key',
      status: 'error',
      message: / is PendingDeletion, to be deleted on \d{4}-\d\d-\d\d: /,
      remedy: /^aws kms cancel-key-deletion --key-id [\w-]+ --region eu-west-1 && aws kms enable-key /,
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
      check: 'exemptions',
      status: 'error',
      message: /^could not be checked: SyntaxError/,
      remedy: /^nothing is remediated while they are unreadable: .*SHARED$/,
    },
  },
];
