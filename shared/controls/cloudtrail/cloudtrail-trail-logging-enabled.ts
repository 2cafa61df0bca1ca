import {
  CloudTrailClient,
  DeleteTrailCommand,
  StartLoggingCommand,
  StopLoggingCommand,
} from '@aws-sdk/client-cloudtrail';
import { isDefault } from '../../aws/cloudtrail/event-selectors.ts';
import { createAgain, putEventSelectors, putInsightSelectors, withTheTrail } from '../../aws/cloudtrail/lost-trail.ts';
import { OWN_TRAILS, ownTrailName, parseTrailArn } from '../../aws/cloudtrail/trail-arn.ts';
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

const start = stepBuilder(onResources(OWN_TRAILS, 'cloudtrail:StartLogging'), (Name: string, isNew = false) => {
  // A trail that is not recreated cannot log.
  const elements = isNew ? ['IsLogging', 'trail'] : ['IsLogging'];
  const stop = () => [step(CloudTrailClient, StopLoggingCommand, { Name }, { elements })];
  return step(CloudTrailClient, StartLoggingCommand, { Name }, { elements, undo: isNew ? withTheTrail : stop });
});

/** What our role may not do: it requires permissions on the whole organization. */
const forOrganization = ({ resourceId }: ResourceRef, name: string) =>
  `aws cloudtrail update-trail --name ${name} --is-organization-trail --region ${parseTrailArn(resourceId)?.region ?? ''}`;

/** Recreates a deleted trail: its settings and tags, its selectors where it had any of its own, and logging on. One of the organization records this account alone until a person makes it the organization's again. */
function recreate({ ref, trail: lost, eventSelectors, insightSelectors = [], tags = [] }: LastKnown): Plan {
  const name = ownName(ref);
  if (lost === undefined) return [];
  if (name === null || lost.S3BucketName === undefined) return byHand('The configuration of the trail is not known.');
  return [
    createAgain(ref, name, lost, tags),
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
    'Every trail of the account must be logging, whatever other trails do. A deleted trail is recreated from its last configuration in the ledger or AWS Config. A trail of the organization that was deleted, or changed to record this account alone, is recreated or kept for this account, and stays non-compliant until a person makes it a trail of the organization again: that requires permissions on the organization, which Evenkeel does not have.',
  rationale:
    'Stopping or deleting a trail is how an intruder evades detection; what the trail feeds (an alarm, a SIEM) is blind even while another trail still logs.',
  guidance:
    'Find out who stopped or deleted the trail. Start it, or recreate it with its bucket, key, log group, selectors and tags. Before you retire a trail permanently, exempt it.',
  impact: 'none',
  recommendedMode: 'remediate',
  permissions: {
    ...start.permissions,
    ...createAgain.permissions,
    ...putEventSelectors.permissions,
    ...putInsightSelectors.permissions,
  },
  undoCalls: [
    undoneBy(CloudTrailClient, StopLoggingCommand, (ref) => ({ Name: ownName(ref) ?? '' }), [], {
      permissions: onResources(OWN_TRAILS, 'cloudtrail:StopLogging'),
    }),
    undoneBy(CloudTrailClient, DeleteTrailCommand, (ref) => ({ Name: ownName(ref) ?? '' }), [], {
      permissions: onResources(OWN_TRAILS, 'cloudtrail:DeleteTrail'),
    }),
  ],
  passedRoles: ({ logsRoleArn }) => (logsRoleArn === '' ? null : [logsRoleArn]),
  parameters: {
    logsRoleArn: {
      description:
        'The only role that a recreated trail may be given, to deliver to CloudWatch Logs; Evenkeel may then pass no other to CloudTrail. Empty: the one that the trail had.',
      type: 'string',
      default: '',
    },
  },
  evaluate(state, { lastKnown }) {
    const name = ownName(state.ref);
    if (name === null) return notApplicable('The trail belongs to another account.');
    if (!state.status.isLogging) return nonCompliant(`${name} is not logging.`);
    if (lastKnown?.trail?.IsOrganizationTrail === true && state.trail.IsOrganizationTrail !== true)
      return nonCompliant(
        `${name} records this account alone: as the trail of the organization it recorded every account.`,
      );
    return compliant(`${name} is logging.`);
  },
  plan({ ref, status: { isLogging } }) {
    const name = ownName(ref);
    if (name === null) return [];
    if (!isLogging) return [start(name)];
    return byHand(`It requires permissions on the organization: ${forOrganization(ref, name)}.`);
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
      const whose = lastKnown.trail?.IsOrganizationTrail === true ? ' the trail of the organization,' : '';
      return nonCompliant(`${name},${whose} which delivered to ${bucket}, was deleted${unknown}.`);
    },
    plan(lastKnown: LastKnown, { parameters: { logsRoleArn } }) {
      const role = lastKnown.trail?.CloudWatchLogsRoleArn;
      if (role !== undefined && !['', role].includes(logsRoleArn))
        return byHand(`The trail delivered to CloudWatch Logs by ${role}, and policy.yml allows ${logsRoleArn} alone.`);
      return recreate(lastKnown);
    },
  },
});
