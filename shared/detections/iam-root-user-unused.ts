import { accountArn } from '../aws/partitions.ts';
import { anyCall, defineDetection } from '../detection.ts';
import { type CallRecord, field, stringOrNull } from '../event.ts';
import iam from '../resources/iam/service.ts';

/** How CloudTrail marked what the root user did in the console, before `sessionCredentialFromConsole`. */
const CONSOLE = 'signin.amazonaws.com';

/** The root user itself; not a service that acts for it, and nothing that AWS did by itself. */
function isByRootUser({ userIdentity, raw }: CallRecord): boolean {
  if (field(userIdentity, 'type') !== 'Root' || raw.eventType === 'AwsServiceEvent') return false;
  const invokedBy = field(userIdentity, 'invokedBy');
  return invokedBy === undefined || invokedBy === null || invokedBy === CONSOLE;
}

/** What was done, and what is told apart: every kind of change, sign-ins, and all that only reads together, since one page of the console makes dozens of reads. */
function deed({
  eventName,
  eventSource,
  errorCode,
  raw,
  response,
}: CallRecord): readonly [kind: string, words: string] {
  if (raw.eventType === 'AwsConsoleSignIn') {
    const outcome = stringOrNull(field(response, eventName)) ?? stringOrNull(raw.errorMessage) ?? 'unknown';
    const mfa = stringOrNull(field(raw.additionalEventData, 'MFAUsed'));
    const words = `${eventName}: ${outcome}${mfa === null ? '' : `, MFA used: ${mfa}`}`;
    return [`sign-in ${eventName} ${outcome} ${mfa}`, `signed in at the console (${words})`];
  }
  const failed = errorCode === null ? '' : `, which failed with ${errorCode}`;
  const words = `called ${eventName} of ${eventSource}${failed}`;
  if (raw.readOnly === true) return ['read', words];
  return [`${eventSource} ${eventName}${failed}`, words];
}

export default defineDetection({
  id: 'iam-root-user-unused',
  title: 'The root user must not be used',
  severity: 'HIGH',
  service: iam,
  resourceType: 'AWS::::Account',
  global: true,
  arn: accountArn,
  triggers: [anyCall({ userIdentity: { type: ['Root'] } })],
  securityControlIds: ['CloudWatch.1'],
  relatedRequirements: ['CIS AWS v3.0 1.7', 'CIS AWS v3.0 4.3', 'CIS AWS v5.0 1.6', 'CIS AWS v5.0 4.3'],
  description:
    'Every call and every sign-in of the root user is a finding, including failed ones; calls that a service makes on its behalf, and AWS service events, are not.',
  rationale:
    'No policy of the account restricts the root user: it can close the account, and its password gives access to everything. Investigate any unplanned use first.',
  guidance:
    'Find out who used it, and what for. If it was none of you: change the password, delete its access keys, replace its MFA device, and review in CloudTrail what it did. Use roles for daily work; for tasks that only the root user can do, exempt the account for that day.',
  recommendedMode: 'detect',
  describe(record) {
    if (!isByRootUser(record)) return null;
    const [fingerprint, words] = deed(record);
    const from = stringOrNull(record.raw.sourceIPAddress);
    const annotation = `The root user ${words}${from === null ? '' : `, from ${from}`}.`;
    return { resourceId: record.accountId, fingerprint, annotation };
  },
});
