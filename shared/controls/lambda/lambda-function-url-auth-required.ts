import { LambdaClient, UpdateFunctionUrlConfigCommand } from '@aws-sdk/client-lambda';
import { compliant, defineControl, nonCompliant } from '../../control.ts';
import type { ResourceRef } from '../../resource.ts';
import { lambdaFunction } from '../../resources/lambda/function.ts';
import { set, undoneBy } from '../../step.ts';

const permissions = {
  'lambda:UpdateFunctionUrlConfig': 'arn:${AWS::Partition}:lambda:*:${AWS::AccountId}:function:*',
};

const target = ({ resourceId: FunctionName }: ResourceRef) => ({ FunctionName });

interface Url {
  readonly qualifier: string | null;
  readonly AuthType: string;
}

const isOpen = ({ AuthType }: Url) => AuthType === 'NONE';

const nameOf = ({ qualifier }: Url) => (qualifier === null ? 'the function' : `its alias ${qualifier}`);

export default defineControl({
  id: 'lambda-function-url-auth-required',
  title: 'Lambda function URLs must require authentication by IAM',
  severity: 'HIGH',
  resource: lambdaFunction,
  needs: ['urls'],
  securityControlIds: [],
  relatedRequirements: [],
  description:
    'The AuthType of the function URLs of a function and of its aliases must be AWS_IAM, whatever the resource policy grants. A URL is often meant to be public (a webhook, a site), so that requiring authentication is opt-in: its callers then have to sign their requests. The policy statements that grant access to everybody through the URL apply to the AuthType NONE alone and stay.',
  rationale: 'Anyone who knows the URL can invoke the function without authentication, without limit.',
  guidance:
    'Require AWS_IAM where all callers can sign. Where the URL has to be public, use CloudFront with origin access control, or check a signature in the function, and limit its concurrency.',
  impact: 'access',
  recommendedMode: 'detect',
  permissions,
  undoCalls: [undoneBy(LambdaClient, UpdateFunctionUrlConfigCommand, target, ['Qualifier', 'AuthType'])],
  parameters: {},
  evaluate({ urls }) {
    const open = urls.filter(isOpen);
    if (open.length > 0)
      return nonCompliant(`The URL of ${open.map(nameOf).join(' and of ')} requires no authentication.`);
    return compliant(
      urls.length === 0 ? 'The function has no URL.' : 'Every URL of the function requires authentication by IAM.',
    );
  },
  plan: ({ ref, urls }) =>
    urls
      .filter(isOpen)
      .map(({ qualifier, AuthType }) =>
        set(
          LambdaClient,
          UpdateFunctionUrlConfigCommand,
          { ...target(ref), ...(qualifier === null ? {} : { Qualifier: qualifier }) },
          { AuthType },
          { AuthType: 'AWS_IAM' as const },
          { permissions, elements: [`url of ${qualifier ?? '$LATEST'}`] },
        ),
      ),
});
