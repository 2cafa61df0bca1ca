import type { AwsSecurityFinding, ComplianceStatus, Partition, RecordState } from '@aws-sdk/client-securityhub';
import { hashOf } from '../hash.ts';
import { partitionOf } from '../resource.ts';
import { visible } from '../text.ts';
import { asffTypeOf } from './asff-types.ts';
import type { OutcomeEvent } from './outcome.ts';

/** Characters that the AWS Security Finding Format takes. */
const MAX = {
  id: 512,
  title: 256,
  description: 1_024,
  recommendation: 512,
  requirement: 128,
  fieldName: 128,
  field: 2_048,
  tagKey: 128,
  tagValue: 256,
  region: 16,
  url: 2_000,
};
/** And members of its lists. */
const MAX_REQUIREMENTS = 32;

const TYPES = ['Software and Configuration Checks/AWS Security Best Practices'];

/** An outcome as a finding of Security Hub. `UpdatedAt` is the time of the outcome: Security Hub ignores what is not newer than what it has, so that a late message changes nothing. `Workflow` and whatever else is a person's is left out. Pure. */
export function securityFinding(outcome: OutcomeEvent): AwsSecurityFinding {
  const { account, region, control, time, firstSeen } = outcome;
  const recommendation = shown(control.guidance, MAX.recommendation);
  const url = httpsUrl(control.page) ?? httpsUrl(outcome.resource.consoleUrl);
  return {
    SchemaVersion: '2018-10-08',
    Id: findingId(outcome),
    ProductArn: productArn(account.id, region),
    GeneratorId: `evenkeel/${control.id}`,
    AwsAccountId: account.id,
    CreatedAt: firstSeen,
    FirstObservedAt: firstSeen,
    UpdatedAt: time,
    LastObservedAt: time,
    Title: shown(control.title, MAX.title),
    Description: shown(descriptionOf(outcome), MAX.description),
    FindingProviderFields: { Severity: { Label: control.severity, Original: control.severity }, Types: TYPES },
    Remediation: { Recommendation: { Text: recommendation, ...(url === null ? {} : { Url: url }) } },
    ProductFields: productFields(outcome),
    Resources: [resourceOf(outcome)],
    Compliance: {
      Status: complianceOf(outcome),
      RelatedRequirements: control.relatedRequirements
        .slice(0, MAX_REQUIREMENTS)
        .map((one) => shown(one, MAX.requirement)),
    },
    RecordState: recordStateOf(outcome),
  };
}

/** The account's own product in a region, to which every principal with the permission may send. */
export const productArn = (accountId: string, region: string): string =>
  `arn:${partitionOf(region)}:securityhub:${region}:${accountId}:product/${accountId}/default`;

/** The same for all outcomes of a control on a resource, whenever they are. An id that would be too long, or that holds what an id should not, is hashed. */
function findingId({ account, region, control, resource }: OutcomeEvent): string {
  const prefix = `evenkeel/${account.id}/${region}/${control.id}/`;
  const isPlain = /^[\x21-\x7e]+$/.test(resource.id) && prefix.length + resource.id.length <= MAX.id;
  return prefix + (isPlain ? resource.id : hashOf([resource.type, resource.id]));
}

/** What people read first: what was found, and what became of it. */
function descriptionOf({ outcome, annotation, error, control }: OutcomeEvent): string {
  const found = annotation ?? control.rationale;
  return [found, `Evenkeel: ${WORDS[outcome]}.`, error === null ? '' : `Error: ${error}`].filter(Boolean).join(' ');
}

const WORDS: Readonly<Record<OutcomeEvent['outcome'], string>> = {
  compliant: 'compliant again',
  notApplicable: 'no longer applicable',
  detected: 'detected, and left to a person',
  exempted: 'exempted',
  awaitingApproval: 'awaiting approval',
  pending: 'remediation pending',
  remediated: 'remediated',
  halted: 'remediation halted',
  blocked: 'remediation blocked',
  failed: 'remediation failed',
};

function complianceOf({ outcome, before }: OutcomeEvent): ComplianceStatus {
  if (outcome === 'compliant' || outcome === 'remediated') return 'PASSED';
  const isUnread = (outcome === 'failed' || outcome === 'blocked') && before === null;
  return outcome === 'notApplicable' || isUnread ? 'NOT_AVAILABLE' : 'FAILED';
}

/** What is over, or exempt, needs no work. */
const recordStateOf = ({ isOpen }: OutcomeEvent): RecordState => (isOpen ? 'ACTIVE' : 'ARCHIVED');

/** An account is named as Security Hub names it, everything else by its ARN. Tags of AWS's own (`aws:`), which cannot be set, are left out. */
function resourceOf({ resource, region, account }: OutcomeEvent) {
  const type = asffTypeOf(resource.type);
  const tags = Object.entries(resource.tags)
    .filter(([key]) => key.trim() !== '' && !/^aws:/i.test(key))
    .map(([key, value]) => [shown(key, MAX.tagKey), value === '' ? '' : shown(value, MAX.tagValue)]);
  return {
    Type: type,
    Id: type === 'AwsAccount' ? `AWS::::Account:${account.id}` : shown(resource.arn || resource.id, MAX.id),
    Partition: partitionOf(region) as Partition,
    Region: region.slice(0, MAX.region),
    ...(tags.length === 0 ? {} : { Tags: Object.fromEntries(tags) }),
  };
}

/** What the format has no place for, under our own name. */
function productFields({ outcome, mode, remediationId, advice, event, who, resource, steps, times }: OutcomeEvent) {
  const command = (action: string) => advice.find((one) => one.action === action)?.command ?? null;
  const fields: Readonly<Record<string, string | null>> = {
    outcome,
    mode,
    resourceType: resource.type,
    resourceId: resource.id,
    resourceName: resource.name,
    resourceOwner: resource.owner,
    remediationId,
    undo: command('undo'),
    approve: command('approve'),
    steps: steps.map(({ service, operation }) => `${service}:${operation}`).join(', '),
    eventId: event.id,
    eventName: event.name,
    eventTime: times.event,
    actor: who?.actor ?? null,
    sourceIp: who?.sourceIp ?? null,
    tool: who?.tool ?? null,
    stack: who?.stack ?? null,
  };
  const given = Object.entries(fields).filter(([, value]) => value !== null && value.trim() !== '');
  return Object.fromEntries(
    given.map(([name, value]) => [`evenkeel/${name}`.slice(0, MAX.fieldName), shown(value ?? '', MAX.field)]),
  );
}

function httpsUrl(text: string | null): string | null {
  const url = URL.parse(text ?? '');
  return url?.protocol === 'https:' && url.href.length <= MAX.url ? url.href : null;
}

/** In one line, with what is unsafe made visible, and never empty, which Security Hub refuses. */
function shown(text: string, most: number): string {
  const line = visible(text.slice(0, most).toWellFormed()).trim();
  if (line === '') return '–';
  return line.length <= most ? line : `${line.slice(0, most - 1).toWellFormed()}…`;
}
