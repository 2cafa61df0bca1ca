import type { Notice } from '../../shared/notify/notifier.ts';
import type { Result } from '../../shared/result.ts';
import { REGION, SAMPLE_ACCOUNT } from './samples.ts';

/** A notice of a remediation, with what differs. */
export const noticeOf = (result: Partial<Result> = {}, rest: Partial<Notice> = {}): Notice => ({
  control: {
    id: 'ec2-security-group-admin-ports-restricted',
    title: 'Security groups must not allow SSH or RDP from anywhere',
    severity: 'CRITICAL',
    rationale: 'Passwords are guessed within minutes.',
    guidance: 'Use Session Manager.',
  },
  consoleUrl: 'https://eu-west-1.console.aws.amazon.com/ec2/home#SecurityGroup:groupId=sg-1',
  attribution: {
    actor: 'arn:aws:sts::111122223333:assumed-role/Developer/jo',
    sourceIp: '198.51.100.23',
    userAgent: 'aws-cli/2',
    tool: 'CLI',
  },
  eventTime: '2026-11-02T09:14:07Z',
  reversible: true,
  ...rest,
  result: {
    eventId: 'e-1',
    eventName: 'AuthorizeSecurityGroupIngress',
    controlId: 'ec2-security-group-admin-ports-restricted',
    severity: 'CRITICAL',
    resourceType: 'AWS::EC2::SecurityGroup',
    resourceId: 'sg-1',
    accountId: SAMPLE_ACCOUNT,
    region: REGION,
    outcome: 'remediated',
    before: 'NON_COMPLIANT',
    after: 'COMPLIANT',
    annotation: 'Open to the world: tcp 22 from 0.0.0.0/0.',
    mode: 'remediate',
    steps: [{ service: 'ec2', operation: 'RevokeSecurityGroupIngress', input: { GroupId: 'sg-1', Rules: ['sgr-1'] } }],
    remediationId: 'rem-1',
    error: null,
    ...result,
  },
});
