import {
  CloudTrailClient,
  CreateTrailCommand,
  DeleteTrailCommand,
  type InsightSelector,
  PutEventSelectorsCommand,
  PutInsightSelectorsCommand,
  StartLoggingCommand,
  StopLoggingCommand,
  type Tag,
  type Trail,
} from '@aws-sdk/client-cloudtrail';
import { parseArn } from '../../aws/arn.ts';
import { isDefault, type Selectors, selectorInput } from '../../aws/cloudtrail/event-selectors.ts';
import { OWN_TRAILS, ownTrailName } from '../../aws/cloudtrail/trail-arn.ts';
import {
  byHand,
  compliant,
  defineControl,
  type LastKnownState,
  nonCompliant,
  notApplicable,
  type Plan,
} from '../../control.ts';
import { onResources, type ResourceRef } from '../../resource.ts';
import { trail } from '../../resources/cloudtrail/trail.ts';
import { step, stepBuilder, undoneBy } from '../../step.ts';

const NEEDS = ['trail', 'status', 'eventSelectors', 'insightSelectors', 'tags'] as const;
type LastKnown = LastKnownState<typeof trail.facets, (typeof NEEDS)[number]>;

const ownName = ({ resourceId, accountId }: ResourceRef) => ownTrailName(resourceId, accountId);

/** What a trail that is made again gets goes with it when its making is undone. */
const withTheTrail = () => [];

const start = stepBuilder(onResources(OWN_TRAILS, 'cloudtrail:StartLogging'), (Name: string, isNew = false) => {
  // A trail that is not made again cannot log.
  const elements = isNew ? ['IsLogging', 'trail'] : ['IsLogging'];
  const stop = () => [step(CloudTrailClient, StopLoggingCommand, { Name }, { elements })];
  return step(CloudTrailClient, StartLoggingCommand, { Name }, { elements, undo: isNew ? withTheTrail : stop });
});

const create = stepBuilder(
  {
    ...onResources(OWN_TRAILS, 'cloudtrail:CreateTrail', 'cloudtrail:AddTags'),
    'iam:PassRole': {
      resources: 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/*',
      condition: { StringEquals: { 'iam:PassedToService': 'cloudtrail.amazonaws.com' } },
    },
  },
  (ref: ResourceRef, Name: string, lost: Trail, tags: readonly Tag[]) => {
    // AWS keeps the prefix for itself, and refuses tags that carry it.
    const TagsList = tags.filter(({ Key }) => !Key?.startsWith('aws:'));
    const elements = ['trail'];
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
      { elements, undo: () => [step(CloudTrailClient, DeleteTrailCommand, { Name }, { elements })] },
    );
  },
);

/** The plain name of a topic that is at home where the trail is; the ARN of any other. */
function topicOf({ SnsTopicARN, SnsTopicName }: Trail, { region, accountId }: ResourceRef): string | undefined {
  const topic = parseArn(SnsTopicARN);
  return topic?.region === region && topic.accountId === accountId ? topic.resource : (SnsTopicARN ?? SnsTopicName);
}

const putEventSelectors = stepBuilder(
  onResources(OWN_TRAILS, 'cloudtrail:PutEventSelectors'),
  (TrailName: string, selectors: Selectors) =>
    step(
      CloudTrailClient,
      PutEventSelectorsCommand,
      { TrailName, ...selectorInput(selectors) },
      { elements: ['EventSelectors', 'trail'], undo: withTheTrail },
    ),
);

const putInsightSelectors = stepBuilder(
  onResources(OWN_TRAILS, 'cloudtrail:PutInsightSelectors'),
  (TrailName: string, InsightSelectors: InsightSelector[]) =>
    step(
      CloudTrailClient,
      PutInsightSelectorsCommand,
      { TrailName, InsightSelectors },
      { elements: ['InsightSelectors', 'trail'], undo: withTheTrail },
    ),
);

/** Recreates a deleted trail: its settings and tags, its selectors where it had any of its own, and logging on. */
function recreate({ ref, trail: lost, eventSelectors, insightSelectors = [], tags = [] }: LastKnown): Plan {
  const name = ownName(ref);
  if (lost === undefined) return [];
  if (name === null || lost.S3BucketName === undefined) return byHand('The configuration of the trail is not known.');
  return [
    create(ref, name, lost, tags),
    ...(eventSelectors === undefined || isDefault(eventSelectors) ? [] : [putEventSelectors(name, eventSelectors)]),
    ...(insightSelectors.length === 0 ? [] : [putInsightSelectors(name, [...insightSelectors])]),
    start(name, true),
  ];
}

export default defineControl({
  id: 'cloudtrail-trail-logging-enabled',
  title: 'Every CloudTrail trail must be logging',
  severity: 'CRITICAL',
  resource: trail,
  needs: NEEDS,
  lastKnown: ['trail', 'eventSelectors', 'insightSelectors', 'tags'],
  securityControlIds: [],
  relatedRequirements: [],
  description:
    'Every trail of the account must be logging, whatever other trails do. A deleted trail is recreated from its last configuration in the ledger or AWS Config.',
  rationale:
    'Stopping or deleting a trail is how an intruder evades detection; what the trail feeds (an alarm, a SIEM) is blind even while another trail still logs.',
  guidance:
    'Find out who stopped or deleted the trail. Start it, or recreate it with its bucket, key, log group, selectors and tags. Before you retire a trail permanently, exempt it.',
  impact: 'none',
  recommendedMode: 'remediate',
  permissions: {
    ...start.permissions,
    ...create.permissions,
    ...putEventSelectors.permissions,
    ...putInsightSelectors.permissions,
  },
  undoCalls: [
    undoneBy(CloudTrailClient, StopLoggingCommand, (ref) => ({ Name: ownName(ref) ?? '' })),
    undoneBy(CloudTrailClient, DeleteTrailCommand, (ref) => ({ Name: ownName(ref) ?? '' })),
  ],
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
        return nonCompliant('The trail was deleted, and neither the ledger nor AWS Config has its configuration.');
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
