import {
  CloudTrailClient,
  CreateTrailCommand,
  DeleteTrailCommand,
  PutEventSelectorsCommand,
  StartLoggingCommand,
  StopLoggingCommand,
  UpdateTrailCommand,
} from '@aws-sdk/client-cloudtrail';
import {
  isForDataEvents,
  type Selectors,
  selectorInput,
  selectsAllManagementEvents,
  withAllManagementEvents,
} from '../../aws/cloudtrail/event-selectors.ts';
import { compliant, defineControl, nonCompliant, type Step, step } from '../../control.ts';
import { cloudtrailAccount, type VisibleTrail } from '../../resources/cloudtrail/account.ts';

const selectsAll = ({ selectors }: VisibleTrail): boolean =>
  selectors !== null && selectsAllManagementEvents(selectors);

/** What a trail lacks, each in words. */
const shortcomings = (trail: VisibleTrail): readonly string[] => [
  ...(trail.isLogging ? [] : ['is not logging']),
  ...(trail.isMultiRegion ? [] : ['covers one region only']),
  ...(trail.selectors === null ? ['hides its event selectors from this account'] : []),
  ...(trail.selectors === null || selectsAll(trail) ? [] : ['does not select every management event']),
];

/** How far a trail is from what is asked: one that was made for data events or for one region is the last to be changed. */
const distance = (trail: VisibleTrail): number =>
  (trail.isLogging ? 0 : 1) +
  (selectsAll(trail) ? 0 : trail.selectors !== null && isForDataEvents(trail.selectors) ? 8 : 2) +
  (trail.isMultiRegion ? 0 : 4);

/** The trail of our own that needs the least change. */
const nearest = (trails: readonly VisibleTrail[]): VisibleTrail | undefined =>
  trails.filter(({ isOwn }) => isOwn).toSorted((a, b) => distance(a) - distance(b))[0];

const cover = ({ name: Name, homeRegion: region, includesGlobalServices }: VisibleTrail): Step => {
  const before = { Name, IsMultiRegionTrail: false, IncludeGlobalServiceEvents: includesGlobalServices };
  return step(
    CloudTrailClient,
    UpdateTrailCommand,
    { Name, IsMultiRegionTrail: true, IncludeGlobalServiceEvents: true },
    { region, undo: () => [step(CloudTrailClient, UpdateTrailCommand, before, { region })] },
  );
};

const select = ({ name: TrailName, homeRegion: region }: VisibleTrail, before: Selectors, wanted: Selectors): Step =>
  step(
    CloudTrailClient,
    PutEventSelectorsCommand,
    { TrailName, ...selectorInput(wanted) },
    {
      region,
      undo: () => [
        step(CloudTrailClient, PutEventSelectorsCommand, { TrailName, ...selectorInput(before) }, { region }),
      ],
    },
  );

const start = (Name: string, region: string): Step =>
  step(
    CloudTrailClient,
    StartLoggingCommand,
    { Name },
    { region, undo: () => [step(CloudTrailClient, StopLoggingCommand, { Name }, { region })] },
  );

/** The calls that bring one trail to what is asked, and no others; none where its selectors have no room. */
function mend(trail: VisibleTrail): readonly Step[] {
  const steps: Step[] = [];
  if (!trail.isMultiRegion) steps.push(cover(trail));
  if (trail.selectors !== null && !selectsAll(trail)) {
    const wanted = withAllManagementEvents(trail.selectors);
    if (wanted === null) return [];
    steps.push(select(trail, trail.selectors, wanted));
  }
  return trail.isLogging ? steps : [...steps, start(trail.name, trail.homeRegion)];
}

const create = (Name: string, S3BucketName: string, region: string): readonly Step[] => [
  step(
    CloudTrailClient,
    CreateTrailCommand,
    {
      Name,
      S3BucketName,
      IsMultiRegionTrail: true,
      IncludeGlobalServiceEvents: true,
      EnableLogFileValidation: true,
    },
    { region, undo: () => [step(CloudTrailClient, DeleteTrailCommand, { Name }, { region })] },
  ),
  start(Name, region),
];

const TRAILS = 'arn:${AWS::Partition}:cloudtrail:*:${AWS::AccountId}:trail/*';

export default defineControl({
  id: 'cloudtrail-multi-region-trail-enabled',
  title: 'A multi-region trail with management read+write events must exist and log',
  severity: 'CRITICAL',
  resource: cloudtrailAccount,
  needs: ['trails'],
  securityControlIds: ['CloudTrail.1', 'CloudTrail.3'],
  relatedRequirements: ['CIS AWS v3.0 3.1', 'CIS AWS v5.0 3.1'],
  description:
    "At least one trail that records the account, its own or its organisation's, must cover all regions, be logging, and select every management event, reads and writes, with no source excluded.",
  rationale:
    'What no trail records cannot be found, alarmed on or undone; Evenkeel itself sees only what a trail records.',
  guidance:
    'Start the trail, make it multi-region and restore its event selectors. Where there is none, make a bucket with a policy for CloudTrail and a trail that delivers to it.',
  impact: 'none',
  recommendedMode: 'remediate',
  permissions: {
    'cloudtrail:StartLogging': TRAILS,
    'cloudtrail:UpdateTrail': TRAILS,
    'cloudtrail:PutEventSelectors': TRAILS,
    'cloudtrail:CreateTrail': TRAILS,
  },
  parameters: {
    s3BucketName: {
      description:
        'A bucket whose policy lets CloudTrail deliver; where there is no trail at all, one is made that delivers to it. Empty: it is told.',
      type: 'string',
      default: '',
    },
    trailName: {
      description: 'The name of the trail that is made where there is none.',
      type: 'string',
      pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{1,126}[A-Za-z0-9]$',
      default: 'management-events',
    },
  },
  evaluate({ trails }) {
    const good = trails.find((trail) => shortcomings(trail).length === 0);
    if (good !== undefined) return compliant(`${good.name} records every management event of all regions.`);
    const closest = nearest(trails) ?? trails[0];
    if (closest === undefined) return nonCompliant('No trail records this account.');
    return nonCompliant(`No trail records all that is asked: ${closest.name} ${shortcomings(closest).join(', ')}.`);
  },
  plan({ ref, trails }, { s3BucketName, trailName }) {
    const closest = nearest(trails);
    if (closest !== undefined) return mend(closest);
    // An organisation's trail may record it all: a second copy of every event is for a person to decide.
    if (trails.length > 0 || s3BucketName === '') return [];
    return create(trailName, s3BucketName, ref.region);
  },
});
