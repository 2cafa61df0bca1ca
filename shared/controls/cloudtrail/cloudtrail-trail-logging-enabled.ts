import {
  CloudTrailClient,
  CreateTrailCommand,
  DeleteTrailCommand,
  PutEventSelectorsCommand,
  PutInsightSelectorsCommand,
  StartLoggingCommand,
  StopLoggingCommand,
  type Tag,
  type Trail,
} from '@aws-sdk/client-cloudtrail';
import { isDefault, selectorInput } from '../../aws/cloudtrail/event-selectors.ts';
import { ownTrailName } from '../../aws/cloudtrail/trail-arn.ts';
import { compliant, defineControl, nonCompliant, notApplicable, type State, type Step, step } from '../../control.ts';
import type { ResourceRef } from '../../resource.ts';
import { trail } from '../../resources/cloudtrail/trail.ts';

const NEEDS = ['trail', 'status', 'eventSelectors', 'insightSelectors', 'tags'] as const;
type Whole = State<typeof trail.facets, (typeof NEEDS)[number]>;
/** AWS Config knows less of a trail than the ledger does. */
type LastKnown = Partial<Whole> & Pick<Whole, 'ref'>;

const ownName = ({ resourceId, accountId }: ResourceRef) => ownTrailName(resourceId, accountId);

const start = (Name: string): Step =>
  step(
    CloudTrailClient,
    StartLoggingCommand,
    { Name },
    {
      undo: () => [step(CloudTrailClient, StopLoggingCommand, { Name })],
    },
  );

/** What a trail that is made anew gets goes with it when its making is undone. */
const withTheTrail = { undo: () => [] };

function create(ref: ResourceRef, Name: string, lost: Trail, tags: readonly Tag[]): Step {
  // AWS keeps the prefix for itself, and refuses tags that carry it.
  const TagsList = tags.filter(({ Key }) => !Key?.startsWith('aws:'));
  return step(
    CloudTrailClient,
    CreateTrailCommand,
    {
      Name,
      S3BucketName: lost.S3BucketName,
      S3KeyPrefix: lost.S3KeyPrefix,
      SnsTopicName: topicOf(lost, ref),
      IncludeGlobalServiceEvents: lost.IncludeGlobalServiceEvents,
      IsMultiRegionTrail: lost.IsMultiRegionTrail,
      EnableLogFileValidation: lost.LogFileValidationEnabled,
      CloudWatchLogsLogGroupArn: lost.CloudWatchLogsLogGroupArn,
      CloudWatchLogsRoleArn: lost.CloudWatchLogsRoleArn,
      KmsKeyId: lost.KmsKeyId,
      IsOrganizationTrail: lost.IsOrganizationTrail,
      ...(TagsList.length > 0 ? { TagsList } : {}),
    },
    { undo: () => [step(CloudTrailClient, DeleteTrailCommand, { Name })] },
  );
}

/** The plain name of a topic that is at home where the trail is; the ARN of any other. */
function topicOf({ SnsTopicARN, SnsTopicName }: Trail, { region, accountId }: ResourceRef): string | undefined {
  const [, , , topicRegion, owner, name] = SnsTopicARN?.split(':') ?? [];
  return topicRegion === region && owner === accountId ? name : (SnsTopicARN ?? SnsTopicName);
}

/** Puts a deleted trail back: its settings and tags, its selectors where it had any of its own, and logging on. */
function recreate({ ref, trail: lost, eventSelectors, insightSelectors = [], tags = [] }: LastKnown): readonly Step[] {
  const Name = ownName(ref);
  if (Name === null || lost?.S3BucketName === undefined) return [];
  const steps = [create(ref, Name, lost, tags)];
  if (eventSelectors !== undefined && !isDefault(eventSelectors))
    steps.push(
      step(
        CloudTrailClient,
        PutEventSelectorsCommand,
        { TrailName: Name, ...selectorInput(eventSelectors) },
        withTheTrail,
      ),
    );
  if (insightSelectors.length > 0)
    steps.push(
      step(
        CloudTrailClient,
        PutInsightSelectorsCommand,
        { TrailName: Name, InsightSelectors: [...insightSelectors] },
        withTheTrail,
      ),
    );
  return [...steps, step(CloudTrailClient, StartLoggingCommand, { Name }, withTheTrail)];
}

const TRAILS = 'arn:${AWS::Partition}:cloudtrail:*:${AWS::AccountId}:trail/*';

export default defineControl({
  id: 'cloudtrail-trail-logging-enabled',
  title: 'Every CloudTrail trail must be logging',
  severity: 'CRITICAL',
  resource: trail,
  needs: NEEDS,
  securityControlIds: [],
  relatedRequirements: [],
  description:
    'A trail of the account must be logging, whatever other trails do. A trail that was deleted is put back from what the ledger or AWS Config last knew of it.',
  rationale:
    'Stopping or deleting a trail is how an intruder goes dark, and what one trail feeds (an alarm, a SIEM) is blind even where another trail still logs.',
  guidance:
    'Find out who stopped or deleted the trail. Start it, or make it anew with its bucket, key, log group, selectors and tags. Before you retire a trail for good, exempt it.',
  impact: 'none',
  recommendedMode: 'remediate',
  permissions: {
    'cloudtrail:StartLogging': TRAILS,
    'cloudtrail:CreateTrail': TRAILS,
    'cloudtrail:PutEventSelectors': TRAILS,
    'cloudtrail:PutInsightSelectors': TRAILS,
    'cloudtrail:AddTags': TRAILS,
    'iam:PassRole': {
      resources: 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/*',
      condition: { StringEquals: { 'iam:PassedToService': 'cloudtrail.amazonaws.com' } },
    },
  },
  parameters: {},
  evaluate({ ref, status: { isLogging } }) {
    const name = ownName(ref);
    if (name === null) return notApplicable('The trail belongs to another account.');
    return isLogging ? compliant(`${name} is logging.`) : nonCompliant(`${name} is not logging.`);
  },
  plan({ ref }) {
    const name = ownName(ref);
    return name === null ? [] : [start(name)];
  },
  whenDeleted: {
    evaluate(lastKnown: LastKnown | null) {
      if (lastKnown === null)
        return nonCompliant('The trail was deleted, and neither the ledger nor AWS Config knows what it was like.');
      const name = ownName(lastKnown.ref);
      if (name === null) return notApplicable('The trail belonged to another account.');
      const bucket = lastKnown.trail?.S3BucketName;
      if (bucket === undefined)
        return nonCompliant(`${name} was deleted, and the bucket that it delivered to is not known.`);
      const unknown = lastKnown.eventSelectors === undefined ? '; its event selectors are not known' : '';
      return nonCompliant(`${name}, which delivered to ${bucket}, was deleted${unknown}.`);
    },
    plan: (lastKnown: LastKnown) => recreate(lastKnown),
  },
});
