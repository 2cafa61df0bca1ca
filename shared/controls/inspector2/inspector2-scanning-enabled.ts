import { DisableCommand, type DisableCommandInput, EnableCommand, Inspector2Client } from '@aws-sdk/client-inspector2';
import { compliant, defineControl, nonCompliant, type State, settling } from '../../control.ts';
import type { ResourceRef } from '../../resource.ts';
import { inspectorAccount } from '../../resources/inspector2/account.ts';
import { step, stepBuilder, undoneBy } from '../../step.ts';

type Scanning = State<typeof inspectorAccount.facets, 'scanning'>['scanning'];
type Kind = keyof Scanning;

const KINDS: readonly Kind[] = ['EC2', 'ECR', 'LAMBDA', 'LAMBDA_CODE'];
const CHANGING = ['ENABLING', 'DISABLING', 'SUSPENDING'];
const SERVICE_ROLES = 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/aws-service-role/';

const missing = (scanning: Scanning, wanted: readonly string[]): readonly Kind[] =>
  KINDS.filter((kind) => wanted.includes(kind) && scanning[kind] !== 'ENABLED');

const target = ({ accountId }: ResourceRef) => ({ accountIds: [accountId] });

const enable = stepBuilder(
  {
    'inspector2:Enable': '*',
    'iam:CreateServiceLinkedRole': {
      resources: [`${SERVICE_ROLES}inspector2.amazonaws.com/*`, `${SERVICE_ROLES}agentless.inspector2.amazonaws.com/*`],
      condition: {
        StringEquals: { 'iam:AWSServiceName': ['inspector2.amazonaws.com', 'agentless.inspector2.amazonaws.com'] },
      },
    },
  },
  (ref: ResourceRef, kinds: readonly Kind[]) => {
    const input = { ...target(ref), resourceTypes: [...kinds] };
    const undo = () => [step(Inspector2Client, DisableCommand, input, { elements: kinds })];
    return step(Inspector2Client, EnableCommand, input, { elements: kinds, undo });
  },
);

export default defineControl({
  id: 'inspector2-scanning-enabled',
  title: 'Amazon Inspector must scan instances, images and functions in every region',
  severity: 'HIGH',
  resource: inspectorAccount,
  needs: ['scanning'],
  securityControlIds: ['Inspector.1', 'Inspector.2', 'Inspector.3', 'Inspector.4'],
  relatedRequirements: ['AWS FSBP Inspector.1', 'AWS FSBP Inspector.2', 'AWS FSBP Inspector.3', 'AWS FSBP Inspector.4'],
  description:
    'Amazon Inspector must be enabled in each region for EC2 instances, ECR images, Lambda functions and their code; a parameter names the kinds. The remediation is opt-in, since Inspector is charged by what it scans; it takes some minutes.',
  rationale: 'Attackers look for software with known vulnerabilities first; Inspector finds it continuously.',
  guidance:
    'Enable Inspector for the kinds that are missing; in an organization, with its administrator account. Where a region does not have a kind of scanning, leave it out by the parameter resourceTypes.',
  impact: 'none',
  recommendedMode: 'detect',
  permissions: enable.permissions,
  undoCalls: [
    undoneBy<DisableCommandInput>(Inspector2Client, DisableCommand, target, ['resourceTypes'], {
      permissions: { 'inspector2:Disable': '*' },
    }),
  ],
  parameters: {
    resourceTypes: {
      description: 'The resource types that Inspector has to scan.',
      type: 'array',
      items: { type: 'string', enum: KINDS },
      default: KINDS as readonly string[],
    },
  },
  evaluate({ ref, scanning }, { parameters: { resourceTypes } }) {
    const lacking = missing(scanning, resourceTypes);
    if (lacking.length === 0) return compliant(`Inspector scans all required resource types in ${ref.region}.`);
    const words = `${lacking.map((kind) => `${kind} is ${scanning[kind]}`).join(', ')} in ${ref.region}`;
    if (lacking.every((kind) => CHANGING.includes(scanning[kind])))
      return settling(`Inspector is being changed: ${words}.`, '2m', lacking);
    return nonCompliant(`Inspector does not scan all required resource types: ${words}.`, lacking);
  },
  plan({ ref, scanning }, { parameters: { resourceTypes } }) {
    const kinds = missing(scanning, resourceTypes).filter((kind) => !CHANGING.includes(scanning[kind]));
    return kinds.length === 0 ? [] : [enable(ref, kinds)];
  },
});
