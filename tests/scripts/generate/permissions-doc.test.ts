import { describe, expect, test } from '@jest/globals';
import { loadContent } from '../../../scripts/catalogue.ts';
import { permissionsDoc } from '../../../scripts/generate/permissions-doc.ts';
import { type Role, rolesOf } from '../../../scripts/generate/roles.ts';
import type { PolicyDocument } from '../../../shared/policy/policy.ts';
import { ADMIN_PORTS } from '../../support/drift.ts';

const content = await loadContent();
const { controls } = content;
const docOf = (policy: PolicyDocument, more: readonly Role[] = []) =>
  permissionsDoc([...rolesOf(content, policy), ...more], controls, policy);
const sectionOf = (doc: string, name: string) => doc.split(/^## /m).find((section) => section.startsWith(`${name}\n`));

describe('docs/permissions.md', () => {
  test('names every action of every role, and whether it is allowed or denied', () => {
    const policy = { defaults: { mode: 'remediate' } } as const;
    const lines = docOf(policy).split('\n');
    for (const { statements } of rolesOf(content, policy))
      for (const { Effect, Action, why } of statements) {
        const verb = Effect === 'Deny' ? 'can never' : 'may';
        const said = lines.filter((text) => text.includes(`${verb} ${why}: `));
        // Which of two stores holds the address is decided at deploy.
        const named = Action.map((action) =>
          /:(slack|slackSigning|teams|pagerDuty)\.(action|look)/.test(action) ? ' (or ssm:' : action,
        );
        for (const action of named) expect(said.join('\n')).toContain(action);
      }
  });

  test('says what a control may write where it acts, and what it would add where it does not', () => {
    const write = '`ec2:RevokeSecurityGroupIngress` on `arn:…:ec2:*:<account>:security-group';
    const watching = sectionOf(docOf({ defaults: { mode: 'detect' } }), 'infrastructure');
    expect(watching).toContain(`- \`${ADMIN_PORTS}\`: ${write}`);
    expect(watching).not.toContain('It may write');
    const acting = sectionOf(
      docOf({ defaults: { mode: 'detect' }, controls: { [ADMIN_PORTS]: { mode: 'remediate' } } }),
      'infrastructure',
    );
    expect(acting).toContain(`It may write, for ${ADMIN_PORTS}: ${write}`);
    expect(acting).not.toContain(`- \`${ADMIN_PORTS}\``);
  });

  test('says what a second opinion would add, of controls that can ask for one', () => {
    const data = sectionOf(docOf({ defaults: { mode: 'detect' } }), 'data');
    expect(data).toContain(
      '`kms:PutKeyPolicy` on `arn:…:kms:*:<account>:key/*`; with `checkNoPublicAccess` in policy.yml also `access-analyzer:CheckNoPublicAccess` on everything (`*`).',
    );
    expect(data).toMatch(/^- `kms-key-rotation-enabled`: (?!.*checkNoPublicAccess)/m);
  });

  test('says what an undo by a button would add', () => {
    const infrastructure = sectionOf(docOf({ defaults: { mode: 'detect' } }), 'infrastructure');
    expect(infrastructure).toMatch(
      new RegExp(`^- \`${ADMIN_PORTS}\`: .*; to undo it by a button of Slack also \`ec2:Authorize`, 'm'),
    );
    expect(infrastructure).toMatch(/^- `ec2-subnet-auto-public-ip-disabled`: (?!.*to undo)/m);
  });

  test('takes up a function whose role it is given, with its own statements and conditions', () => {
    const pager: Role = {
      name: 'pager',
      statements: [
        {
          Sid: 'Webhook',
          Effect: 'Allow',
          Action: ['secretsmanager:GetSecretValue'],
          Resource: { 'Fn::Sub': 'arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:x' },
          Condition: { StringEquals: { 'aws:ResourceAccount': { Ref: 'AWS::AccountId' } } },
          why: 'read the address to post to',
        },
      ],
    };
    const doc = docOf({}, [pager]);
    expect(sectionOf(doc, 'pager')).toContain(
      '- It may read the address to post to: `secretsmanager:GetSecretValue` on `arn:…:secretsmanager:<home>:<account>:secret:x`, where `aws:ResourceAccount` is',
    );
    expect(doc).toContain("Every domain's function, watch may publish notifications");
  });
});
