import { AddPermissionCommand, LambdaClient, RemovePermissionCommand } from '@aws-sdk/client-lambda';
import { policyText } from '../../aws/iam/policy-text.ts';
import { elementOf, namesOf } from '../../aws/iam/public-access.ts';
import { openPermissions, type Permission, permissionOf } from '../../aws/lambda/permissions.ts';
import { functionPolicies } from '../../aws/lambda/public-access-check.ts';
import { byHand, compliant, defineControl, nonCompliant } from '../../control.ts';
import { requirements } from '../../frameworks.ts';
import type { ResourceRef } from '../../resource.ts';
import { lambdaFunction } from '../../resources/lambda/function.ts';
import { type Step, step, undoneBy } from '../../step.ts';

const FUNCTIONS = 'arn:${AWS::Partition}:lambda:*:${AWS::AccountId}:function:*';
const permissions = { 'lambda:RemovePermission': FUNCTIONS };

const target = ({ resourceId: FunctionName }: ResourceRef) => ({ FunctionName });

interface QualifiedPolicy {
  readonly qualifier: string | null;
  readonly text: string;
}

/** What is open in the policy of the function, of a version or of an alias. */
function openIn({ qualifier, text }: QualifiedPolicy) {
  const { statements } = policyText(text);
  return { qualifier, statements, open: openPermissions(statements) };
}

const policyOf = (qualifier: string | null) =>
  qualifier === null ? 'The function policy' : `The policy of the function's ${qualifier}`;

function removal(ref: ResourceRef, qualifier: string | null, permission: Permission, element: string): Step {
  const where = { ...target(ref), ...(qualifier === null ? {} : { Qualifier: qualifier }) };
  const elements = [qualifier === null ? element : `${element} of ${qualifier}`];
  const { StatementId } = permission;
  return step(
    LambdaClient,
    RemovePermissionCommand,
    { ...where, StatementId },
    {
      permissions,
      elements,
      satisfiedBy: ['ResourceNotFoundException'],
      undo: () => [step(LambdaClient, AddPermissionCommand, { ...where, ...permission }, { elements })],
    },
  );
}

export default defineControl({
  id: 'lambda-function-public-access-prohibited',
  title: 'Lambda resource policies must not be public',
  severity: 'CRITICAL',
  resource: lambdaFunction,
  needs: ['policies'],
  securityControlIds: ['Lambda.1'],
  relatedRequirements: [
    'AWS FSBP Lambda.1',
    ...requirements('PCI DSS v4.0', '1.2.8 1.3.1 1.3.2 1.4.2 1.5.1 3.5.1.3 10.3.2 A1.1.2 A1.1.3 A3.4.1'),
    ...requirements(
      'NIST 800-53 r5',
      'AC-2(6) AC-3 AC-3(7) AC-4(21) AC-6 AC-17 AC-17(1) AC-17(4) AC-17(9) AC-17(10) MP-2 SC-7 SC-7(2) SC-7(3) SC-7(9) SC-7(11) SC-7(12) SC-7(16) SC-7(20) SC-7(21) SC-7(24) SC-25',
    ),
  ],
  description:
    'No statement of the policies of a function, its versions and its aliases may grant access to everybody, nor allow Amazon S3 to invoke it for a bucket of any account (without aws:SourceAccount and without a fixed aws:SourceArn). A condition on fixed values of a key that callers cannot choose narrows a statement. Statements that open a function URL without authentication are evaluated by lambda-function-url-auth-required; AWS Config evaluates them here, and requires aws:SourceAccount also where the ARN of the bucket is fixed.',
  rationale:
    'Everybody can invoke a public function at the expense of its account, with any input, and read its response.',
  guidance:
    'Name the accounts that may invoke the function, or the service with aws:SourceAccount and aws:SourceArn. Look at its invocations and logs for unknown callers.',
  impact: 'access',
  recommendedMode: 'remediate',
  overrides: 'ownership',
  permissions,
  publicAccessCheck: functionPolicies,
  undoCalls: [
    undoneBy(
      LambdaClient,
      AddPermissionCommand,
      target,
      [
        'Qualifier',
        'StatementId',
        'Action',
        'Principal',
        'SourceArn',
        'SourceAccount',
        'PrincipalOrgID',
        'EventSourceToken',
        'FunctionUrlAuthType',
        'InvokedViaFunctionUrl',
      ],
      { permissions: { 'lambda:AddPermission': FUNCTIONS } },
    ),
  ],
  parameters: {},
  evaluate({ policies }) {
    const open = policies.map(openIn).filter((one) => one.open.length > 0);
    if (open.length === 0) return compliant('No policy of the function is public.');
    const sentences = open.map(
      ({ qualifier, open: found, statements }) =>
        `${policyOf(qualifier)} grants access to everybody: ${namesOf(found, statements)}.`,
    );
    return nonCompliant(
      sentences.join(' '),
      open.map(({ qualifier, open: found }) => [qualifier, found]),
    );
  },
  plan({ ref, policies }) {
    const found = policies
      .map(openIn)
      .flatMap(({ qualifier, open }) => open.map((statement) => ({ qualifier, statement })));
    const steps: Step[] = [];
    for (const { qualifier, statement } of found) {
      const permission = permissionOf(statement);
      if (permission === null)
        return byHand(
          'A public statement is not of the form that Lambda itself gives it, so that it could not be put back.',
        );
      steps.push(removal(ref, qualifier, permission, elementOf(statement)));
    }
    return steps;
  },
});
