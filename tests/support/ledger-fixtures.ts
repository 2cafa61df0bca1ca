import { randomUUID } from 'node:crypto';
import { type Ledger, type ResourceState, resourceKey, type Session, type Update } from '../../shared/ledger/ledger.ts';
import type { QueuedNotice } from '../../shared/ledger/outbox.ts';
import type { Exemption, Finding, Remediation } from '../../shared/ledger/records.ts';
import { REGION, SAMPLE_ACCOUNT } from './samples.ts';

export const REF = {
  resourceType: 'AWS::EC2::SecurityGroup',
  resourceId: 'sg-0a1b2c3d4e5f60718',
  accountId: SAMPLE_ACCOUNT,
  region: REGION,
};

export const findingOf = (controlId: string, rest: Partial<Finding> = {}): Finding => ({
  controlId,
  severity: 'HIGH',
  outcome: 'detected',
  annotation: 'It is so.',
  fingerprint: 'f',
  firstSeen: '2026-01-01T00:00:00.000Z',
  lastSeen: '2026-01-02T00:00:00.000Z',
  rejection: null,
  retryAt: null,
  deadline: null,
  blocked: null,
  ...rest,
});

const ruleOf = (port: number, description: string) => ({
  id: `sgr-0b1c2d3e4f5a6${1000 + port}`,
  direction: 'ingress',
  protocol: 'tcp',
  fromPort: port,
  toPort: port,
  cidrIpv4: port === 443 ? '10.0.0.0/8' : '0.0.0.0/0',
  cidrIpv6: null,
  prefixListId: null,
  referencedGroupId: null,
  description,
});

/** A record as a security group with four rules gives it. */
export const remediationOf = (id: string, rest: Partial<Remediation> = {}): Remediation => ({
  id,
  kind: 'remediation',
  undoes: null,
  controlId: 'ec2-security-group-admin-ports-restricted',
  service: 'ec2',
  severity: 'HIGH',
  ref: REF,
  status: 'applying',
  mode: 'remediate',
  annotation: 'Port 22 (SSH) is open to 0.0.0.0/0 by sgr-0b1c2d3e4f5a61022.',
  before: {
    group: {
      id: REF.resourceId,
      name: 'web',
      ownerId: SAMPLE_ACCOUNT,
      vpcId: 'vpc-0123456789abcdef0',
      description: '',
    },
    rules: [ruleOf(22, 'ssh, for the time being'), ruleOf(443, 'office'), ruleOf(80, 'web'), ruleOf(8443, 'admin')],
    tags: { env: 'prod', team: 'platform' },
  },
  after: null,
  afterCompliance: null,
  steps: [
    {
      service: 'ec2',
      operation: 'RevokeSecurityGroupIngress',
      input: { GroupId: REF.resourceId, SecurityGroupRuleIds: ['sgr-0b1c2d3e4f5a61022'] },
      region: REGION,
      elements: ['ingress tcp 22-22 0.0.0.0/0'],
      undo: [
        {
          service: 'ec2',
          operation: 'AuthorizeSecurityGroupIngress',
          input: {
            GroupId: REF.resourceId,
            IpPermissions: [
              {
                IpProtocol: 'tcp',
                FromPort: 22,
                ToPort: 22,
                IpRanges: [{ CidrIp: '0.0.0.0/0', Description: 'ssh, for the time being' }],
              },
            ],
          },
          region: REGION,
          satisfiedBy: ['InvalidPermission.Duplicate'],
        },
      ],
      status: 'made',
      requestId: '5c4b3a29-1807-46f5-9e4d-3c2b1a098f7e',
      error: null,
    },
  ],
  error: null,
  eventId: '0f1e2d3c-4b5a-4968-8776-655443322110',
  eventName: 'AuthorizeSecurityGroupIngress',
  attribution: {
    actor: 'arn:aws:sts::111122223333:assumed-role/Admin/jo@example.com',
    sourceIp: '203.0.113.7',
    userAgent:
      'APN/1.0 HashiCorp/1.0 Terraform/1.9.5 (+https://www.terraform.io) terraform-provider-aws/5.67.0 aws-sdk-go-v2/1.30.5',
    tool: 'Terraform',
  },
  decidedBy: null,
  expires: null,
  recheckAt: null,
  times: {
    event: '2026-01-31T23:59:51Z',
    received: '2026-01-31T23:59:58.123Z',
    decided: '2026-01-31T23:59:59.456Z',
    applied: null,
    verified: null,
  },
  codeVersion: '0.2.0+1a2b3c4',
  policyVersion: '9f8e7d6c5b4a3928',
  ...rest,
});

/** The notification of a remediation, as an outbox keeps it. */
export const noticeOf = (record: Remediation, at: number): QueuedNotice => ({
  id: record.id,
  at,
  notice: {
    controlId: record.controlId,
    result: {
      eventId: record.eventId,
      eventName: record.eventName,
      controlId: record.controlId,
      severity: record.severity,
      resourceType: record.ref.resourceType,
      resourceId: record.ref.resourceId,
      accountId: record.ref.accountId,
      region: record.ref.region,
      outcome: 'remediated',
      before: 'NON_COMPLIANT',
      after: 'COMPLIANT',
      annotation: record.annotation,
      mode: 'remediate',
      steps: record.steps.map(({ service, operation, input }) => ({ service, operation, input })),
      remediationId: record.id,
      error: null,
    },
    attribution: record.attribution,
    eventTime: record.times.event,
    reversible: true,
  },
});

export const exemptionOf = (id: string, rest: Partial<Exemption> = {}): Exemption => ({
  id,
  control: 'c',
  resource: '*',
  owner: 'web@example.com',
  reason: 'r',
  expires: '2027-01-31',
  createdAt: '2026-01-01T00:00:00.000Z',
  createdBy: 'jo',
  ...rest,
});

/** Changes a resource's state, whatever it is. */
export async function change(
  ledger: Ledger,
  key: string,
  next: Partial<ResourceState>,
  rest: Partial<Update<void>> = {},
): Promise<Session> {
  const decide = (state: ResourceState) => ({ next: { ...state, ...next }, ...rest, answer: undefined });
  const [session] = await ledger.update(await ledger.load(key), decide);
  return session;
}

/** Saves a record of its resource, whatever it was. */
export async function saveRecord(ledger: Ledger, record: Remediation): Promise<Session> {
  const [session] = await ledger.adopt(await ledger.load(resourceKey(record.service, record.ref)), record.id);
  const [saved] = await ledger.update(session, () => ({ records: [record], answer: undefined }));
  return saved;
}

/** A resource of a test's own. */
export function ownResource(service = 'ec2', rest: Partial<typeof REF> = {}) {
  const ref = { ...REF, resourceId: `sg-${randomUUID()}`, ...rest };
  return { ref, key: resourceKey(service, ref) };
}
