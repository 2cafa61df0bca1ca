import { beforeAll, describe, expect, test } from '@jest/globals';
import { packaged, STAGE, VARIANTS } from '../support/packages.ts';
import { arnOf, HERE, NOWHERE_ELSE, ofType, PATIENCE, type Resources } from '../support/serverless.ts';

const PREFIX = `evenkeel-${STAGE}`;

let resources: Resources;
let elsewhere: Resources;
beforeAll(async () => {
  resources = (await packaged(VARIANTS.full)).template.Resources;
  elsewhere = JSON.parse(resources.Forwarding?.Properties.TemplateBody).Resources;
}, PATIENCE);

const propertiesOf = (id: string) => resources[id]?.Properties;

describe('the stack set', () => {
  test('lays the forwarding in every other region, with the names of this deployment', () => {
    expect(propertiesOf('Forwarding')).toMatchObject({
      PermissionModel: 'SELF_MANAGED',
      AdministrationRoleARN: arnOf('ForwardingAdministrationRole'),
      ExecutionRoleName: { Ref: 'ForwardingExecutionRole' },
      StackInstancesGroup: [
        {
          DeploymentTargets: { Accounts: [{ Ref: 'AWS::AccountId' }] },
          Regions: ['us-east-1', 'us-east-2', 'ap-east-1'],
        },
      ],
      Parameters: [
        { ParameterKey: 'Prefix', ParameterValue: PREFIX },
        { ParameterKey: 'HomeBus', ParameterValue: arnOf('EventBus') },
        { ParameterKey: 'ForwardRole', ParameterValue: arnOf('ForwardRole') },
      ],
    });
    const { Parameters } = JSON.parse(propertiesOf('Forwarding').TemplateBody);
    expect(Object.keys(Parameters)).toEqual(['Prefix', 'HomeBus', 'ForwardRole']);
    // They are there as long as it is: it cannot be removed without them.
    expect(resources.Forwarding?.DependsOn).toEqual([
      'ForwardingAdministrationPolicy',
      'ForwardingExecutionPolicy',
      // By then, other services know the roles.
      'WatchMapping',
    ]);
  });

  test('works by roles that trust CloudFormation, here and by its name in each region that was opted in to, and one another', () => {
    const trust = (id: string) => propertiesOf(id).AssumeRolePolicyDocument.Statement;
    const services = ['cloudformation.amazonaws.com', 'cloudformation.ap-east-1.amazonaws.com'];
    const Allow = { Effect: 'Allow', Action: 'sts:AssumeRole' };
    expect(trust('ForwardingAdministrationRole')).toEqual([
      { ...Allow, Principal: { Service: services }, Condition: HERE },
    ]);
    expect(trust('ForwardingExecutionRole')).toEqual([
      { ...Allow, Principal: { AWS: arnOf('ForwardingAdministrationRole') } },
    ]);
    expect(trust('ForwardRole')).toEqual([
      { ...Allow, Principal: { Service: 'events.amazonaws.com' }, Condition: NOWHERE_ELSE },
    ]);
    expect(propertiesOf('ForwardingAdministrationPolicy')).toMatchObject({
      Roles: [{ Ref: 'ForwardingAdministrationRole' }],
      PolicyDocument: { Statement: [{ ...Allow, Resource: arnOf('ForwardingExecutionRole') }] },
    });
  });

  test('touches what is ours alone', () => {
    const { Roles, PolicyDocument } = propertiesOf('ForwardingExecutionPolicy');
    expect(Roles).toEqual([{ Ref: 'ForwardingExecutionRole' }]);
    const touched = PolicyDocument.Statement.map(
      ({ Effect, Resource }: { Effect: string; Resource: object | string }) => [
        Effect,
        typeof Resource === 'object' && 'Fn::Sub' in Resource
          ? String(Resource['Fn::Sub']).replace('arn:${AWS::Partition}:', '')
          : Resource,
      ],
    );
    expect(touched).toEqual([
      ['Allow', `cloudformation:*:\${AWS::AccountId}:stack/StackSet-${PREFIX}-forwarding-*`],
      // What is read of templates before there is a stack.
      ['Allow', '*'],
      ['Allow', 's3:::cf-templates-*/*'],
      ['Allow', `events:*:\${AWS::AccountId}:rule/${PREFIX}-forward-*`],
      ['Allow', `sqs:*:\${AWS::AccountId}:${PREFIX}-failed-events`],
      ['Allow', arnOf('ForwardRole')],
    ]);
    const everywhere = PolicyDocument.Statement.filter(({ Resource }: { Resource: unknown }) => Resource === '*');
    for (const action of everywhere.flatMap(({ Action }: { Action: string[] }) => Action))
      expect(action).toMatch(/^cloudformation:(Describe|Get|List|Validate)/);
    const rules = ofType(elsewhere, 'AWS::Events::Rule').map(([, { Properties }]) => Properties.Name['Fn::Sub']);
    expect(rules.filter((name) => !name.startsWith('${Prefix}-forward-'))).toEqual([]);
    expect(propertiesOf('ForwardRole').Policies).toEqual([
      {
        PolicyName: 'forward',
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: 'events:PutEvents', Resource: arnOf('EventBus') }],
        },
      },
    ]);
  });
});
