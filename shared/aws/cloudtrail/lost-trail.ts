import {
  CloudTrailClient,
  CreateTrailCommand,
  DeleteTrailCommand,
  type InsightSelector,
  PutEventSelectorsCommand,
  PutInsightSelectorsCommand,
  type Tag,
  type Trail,
} from '@aws-sdk/client-cloudtrail';
import { onResources, type ResourceRef } from '../../resource.ts';
import { step, stepBuilder } from '../../step.ts';
import { parseArn } from '../arn.ts';
import { type Selectors, selectorInput } from './event-selectors.ts';
import { OWN_TRAILS } from './trail-arn.ts';

/** What a trail that is made again gets goes with it when its making is undone. */
export const withTheTrail = () => [];

/** Makes a trail again as it was. */
export const createAgain = stepBuilder(
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

export const putEventSelectors = stepBuilder(
  onResources(OWN_TRAILS, 'cloudtrail:PutEventSelectors'),
  (TrailName: string, selectors: Selectors) =>
    step(
      CloudTrailClient,
      PutEventSelectorsCommand,
      { TrailName, ...selectorInput(selectors) },
      { elements: ['EventSelectors', 'trail'], undo: withTheTrail },
    ),
);

export const putInsightSelectors = stepBuilder(
  onResources(OWN_TRAILS, 'cloudtrail:PutInsightSelectors'),
  (TrailName: string, InsightSelectors: InsightSelector[]) =>
    step(
      CloudTrailClient,
      PutInsightSelectorsCommand,
      { TrailName, InsightSelectors },
      { elements: ['InsightSelectors', 'trail'], undo: withTheTrail },
    ),
);
