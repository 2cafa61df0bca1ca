import { AccessAnalyzerClient, CreateAnalyzerCommand, DeleteAnalyzerCommand } from '@aws-sdk/client-accessanalyzer';
import { byHand, compliant, defineControl, nonCompliant, settling } from '../../control.ts';
import { accessAnalyzerAccount } from '../../resources/accessanalyzer/account.ts';
import { step, stepBuilder, undoneBy } from '../../step.ts';

const DEFAULT_NAME = 'external-access';
const SERVICE_ROLES = 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/aws-service-role/';

const ANALYZERS = 'arn:${AWS::Partition}:access-analyzer:*:${AWS::AccountId}:analyzer/*';

const createAnalyzer = stepBuilder(
  {
    'access-analyzer:CreateAnalyzer': ANALYZERS,
    'iam:CreateServiceLinkedRole': {
      resources: `${SERVICE_ROLES}access-analyzer.amazonaws.com/*`,
      condition: { StringEquals: { 'iam:AWSServiceName': 'access-analyzer.amazonaws.com' } },
    },
  },
  (analyzerName: string) => {
    const elements = ['analyzer'];
    const undo = () => [step(AccessAnalyzerClient, DeleteAnalyzerCommand, { analyzerName }, { elements })];
    const input = { analyzerName, type: 'ACCOUNT' as const };
    const satisfiedBy = ['ConflictException'];
    return step(AccessAnalyzerClient, CreateAnalyzerCommand, input, { elements, satisfiedBy, undo });
  },
);

export default defineControl({
  id: 'accessanalyzer-analyzer-enabled',
  title: 'IAM Access Analyzer must look for external access in every region',
  severity: 'HIGH',
  resource: accessAnalyzerAccount,
  needs: ['analyzers'],
  lastKnown: ['analyzers'],
  securityControlIds: ['IAM.28'],
  relatedRequirements: ['CIS AWS v3.0 1.20', 'CIS AWS v5.0 1.19'],
  description:
    'Each region must have an active analyzer of external access, for the account or for the organization. Where there is none, one for the account is created, under the name that it had; it is free of charge. An analyzer of the organization in another account cannot be read from a member account, which gets one of its own.',
  rationale:
    'The analyzer finds external access that the policies of a dozen services grant, also where no other control evaluates them.',
  guidance:
    'Create an analyzer of external access in the region. The archive rules of an analyzer that was deleted are lost: set them again. One that failed or is disabled lacks its service-linked role or the trust of the organization.',
  impact: 'none',
  recommendedMode: 'remediate',
  permissions: createAnalyzer.permissions,
  undoCalls: [
    undoneBy(AccessAnalyzerClient, DeleteAnalyzerCommand, () => ({}), ['analyzerName'], {
      permissions: { 'access-analyzer:DeleteAnalyzer': ANALYZERS },
    }),
  ],
  parameters: {},
  evaluate({ ref, analyzers }) {
    if (analyzers.some(({ status }) => status === 'ACTIVE'))
      return compliant(`An analyzer looks for external access in ${ref.region}.`);
    if (analyzers.some(({ status }) => status === 'CREATING'))
      return settling(`The analyzer in ${ref.region} is being created.`, '1m');
    const [broken] = analyzers;
    if (broken === undefined) return nonCompliant(`No analyzer looks for external access in ${ref.region}.`);
    return nonCompliant(`The analyzer ${broken.name} in ${ref.region} is ${broken.status}.`);
  },
  plan({ analyzers }, { lastKnown }) {
    // IAM allows one for the account in a region.
    const broken = analyzers.find(({ type }) => type === 'ACCOUNT');
    if (broken !== undefined)
      return byHand(`The analyzer ${broken.name} is ${broken.status}, and IAM allows no second one.`);
    const known = lastKnown?.analyzers?.find(({ type }) => type === 'ACCOUNT');
    return [createAnalyzer(known?.name ?? DEFAULT_NAME)];
  },
});
