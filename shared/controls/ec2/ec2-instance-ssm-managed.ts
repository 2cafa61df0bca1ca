import { compliant, defineControl, nonCompliant, notApplicable, settling } from '../../control.ts';
import { requirements } from '../../frameworks.ts';
import { instance } from '../../resources/ec2/instance.ts';
import { MINUTE_MS } from '../../time.ts';

export default defineControl({
  id: 'ec2-instance-ssm-managed',
  title: 'EC2 instances must be managed by Systems Manager',
  severity: 'MEDIUM',
  resource: instance,
  needs: ['instance', 'agent'],
  securityControlIds: ['SSM.1'],
  relatedRequirements: [
    'AWS FSBP SSM.1',
    'CIS AWS v3.0 1.18',
    'CIS AWS v5.0 1.17',
    ...requirements('NIST 800-53 r5', 'CM-2 CM-2(2) CM-3(3) CM-6 CM-8 CM-8(1) CM-8(2) CM-8(3) CM-8(6) SI-3'),
    ...requirements('SOC 2', 'CC3.2 CC7.1'),
  ],
  description:
    'The agent of a running instance must be registered with Systems Manager and Online. SSM.1 evaluates stopped instances too, on which no agent runs. An instance that has just started has graceMinutes to register.',
  rationale:
    'Through Systems Manager an instance is reached without SSH, an open port or a key, and is inventoried and patched; an instance without it is administered in other ways, or not at all.',
  guidance:
    'Install the agent, give the instance a role with AmazonSSMManagedInstanceCore (or enable Default Host Management Configuration), and give it network access to the endpoints of Systems Manager.',
  impact: 'none',
  recommendedMode: 'detect',
  permissions: {},
  parameters: {
    graceMinutes: {
      description: 'How long after its start an instance may take to register.',
      type: 'integer',
      minimum: 1,
      maximum: 55,
      default: 15 as number,
    },
  },
  evaluate({ instance: { state }, agent: { startedAt, hasProfile, pingStatus } }, { parameters, now }) {
    if (state !== 'running') return notApplicable(`The instance is ${state}.`);
    if (pingStatus === 'Online') return compliant('The agent of the instance is online.');
    const status = pingStatus ?? 'not registered';
    const why = hasProfile ? '' : ', and the instance has no instance profile';
    const says = `Systems Manager does not manage the instance: its agent is ${status}${why}.`;
    const isStarting = now.getTime() - Date.parse(startedAt) < parameters.graceMinutes * MINUTE_MS;
    return isStarting ? settling(says, '5m', status) : nonCompliant(says, status);
  },
});
