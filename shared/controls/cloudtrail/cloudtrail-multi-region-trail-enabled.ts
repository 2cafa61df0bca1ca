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
import { OWN_TRAILS } from '../../aws/cloudtrail/trail-arn.ts';
import { byHand, compliant, defineControl, nonCompliant, type Plan } from '../../control.ts';
import { onResources, Unreadable } from '../../resource.ts';
import { cloudtrailAccount, type VisibleTrail } from '../../resources/cloudtrail/account.ts';
import { type Step, set, step, stepBuilder, undoneBy } from '../../step.ts';

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

const isReadable = (trail: VisibleTrail | Unreadable): trail is VisibleTrail => !(trail instanceof Unreadable);

/** Attributes of different trails are different elements of the account. */
const elementsOf = (name: string, ...attributes: readonly string[]) =>
  attributes.map((attribute) => `trail ${name} ${attribute}`);

const updateTrail = onResources(OWN_TRAILS, 'cloudtrail:UpdateTrail');

const cover = ({ name: Name, homeRegion: region, isMultiRegion, includesGlobalServices }: VisibleTrail): Step =>
  set(
    CloudTrailClient,
    UpdateTrailCommand,
    { Name },
    { IsMultiRegionTrail: isMultiRegion, IncludeGlobalServiceEvents: includesGlobalServices },
    { IsMultiRegionTrail: true, IncludeGlobalServiceEvents: true },
    {
      region,
      permissions: updateTrail,
      elements: elementsOf(Name, 'IsMultiRegionTrail', 'IncludeGlobalServiceEvents'),
    },
  );

const select = stepBuilder(
  onResources(OWN_TRAILS, 'cloudtrail:PutEventSelectors'),
  ({ name: TrailName, homeRegion: region }: VisibleTrail, before: Selectors, wanted: Selectors) => {
    const options = { region, elements: elementsOf(TrailName, 'EventSelectors') };
    const put = (selectors: Selectors, undo: () => readonly Step[]) =>
      step(
        CloudTrailClient,
        PutEventSelectorsCommand,
        { TrailName, ...selectorInput(selectors) },
        { ...options, undo },
      );
    return put(wanted, () => [put(before, () => [])]);
  },
);

const start = stepBuilder(
  onResources(OWN_TRAILS, 'cloudtrail:StartLogging'),
  (Name: string, region: string, isNew = false) => {
    // A trail that is not made cannot log.
    const options = { region, elements: elementsOf(Name, 'IsLogging', ...(isNew ? ['trail'] : [])) };
    const stop = () => [step(CloudTrailClient, StopLoggingCommand, { Name }, options)];
    return step(CloudTrailClient, StartLoggingCommand, { Name }, { ...options, undo: stop });
  },
);

const create = stepBuilder(
  onResources(OWN_TRAILS, 'cloudtrail:CreateTrail'),
  (Name: string, S3BucketName: string, region: string) => {
    const options = { region, elements: elementsOf(Name, 'trail') };
    return step(
      CloudTrailClient,
      CreateTrailCommand,
      {
        Name,
        S3BucketName,
        IsMultiRegionTrail: true,
        IncludeGlobalServiceEvents: true,
        EnableLogFileValidation: true,
      },
      { ...options, undo: () => [step(CloudTrailClient, DeleteTrailCommand, { Name }, options)] },
    );
  },
);

/** The calls that bring one trail to what is asked, and no others. */
function remedy(trail: VisibleTrail): Plan {
  const steps: Step[] = trail.isMultiRegion ? [] : [cover(trail)];
  if (trail.selectors !== null && !selectsAll(trail)) {
    const wanted = withAllManagementEvents(trail.selectors);
    if (wanted === null) return byHand(`${trail.name} has reached its maximum number of event selectors.`);
    steps.push(select(trail, trail.selectors, wanted));
  }
  return trail.isLogging ? steps : [...steps, start(trail.name, trail.homeRegion)];
}

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
    'What no trail records cannot be investigated, alarmed on or undone; Evenkeel itself sees only what a trail records.',
  guidance:
    'Start the trail, make it multi-region and restore its event selectors. If there is none, create a bucket with a policy for CloudTrail and a trail that delivers to it.',
  impact: 'none',
  recommendedMode: 'remediate',
  permissions: { ...start.permissions, ...updateTrail, ...select.permissions, ...create.permissions },
  // The account's trails are at home in any region.
  undoCalls: [
    undoneBy(CloudTrailClient, StopLoggingCommand, () => ({}), ['Name'], { anyRegion: true }),
    undoneBy(CloudTrailClient, DeleteTrailCommand, () => ({}), ['Name'], { anyRegion: true }),
    undoneBy(
      CloudTrailClient,
      UpdateTrailCommand,
      () => ({}),
      ['Name', 'IsMultiRegionTrail', 'IncludeGlobalServiceEvents'],
      { anyRegion: true },
    ),
    undoneBy(
      CloudTrailClient,
      PutEventSelectorsCommand,
      () => ({}),
      ['TrailName', 'EventSelectors', 'AdvancedEventSelectors'],
      { anyRegion: true },
    ),
  ],
  parameters: {
    s3BucketName: {
      description:
        'A bucket whose policy allows CloudTrail to deliver; if there is no trail at all, one is created that delivers to it. Empty: a person decides.',
      type: 'string',
      default: '',
    },
    trailName: {
      description: 'The name of the trail to create if there is none.',
      type: 'string',
      pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{1,126}[A-Za-z0-9]$',
      default: 'management-events',
    },
  },
  evaluate({ trails }) {
    const unreadable = trails.find((trail) => trail instanceof Unreadable);
    const readable = trails.filter(isReadable);
    const good = readable.find((trail) => shortcomings(trail).length === 0);
    if (good !== undefined)
      return compliant(
        `${good.name} records every management event of all regions${unreadable ? `; ${unreadable.unreadable}` : ''}.`,
      );
    // The one that could not be read may be all that is asked.
    if (unreadable !== undefined) throw unreadable.error;
    const closest = nearest(readable) ?? readable[0];
    if (closest === undefined) return nonCompliant('No trail records this account.');
    return nonCompliant(`No trail records all that is required: ${closest.name} ${shortcomings(closest).join(', ')}.`);
  },
  plan({ ref, trails }, { parameters: { s3BucketName, trailName } }) {
    const closest = nearest(trails.filter(isReadable));
    if (closest !== undefined) return remedy(closest);
    // An organisation's trail may record it all.
    if (trails.length > 0)
      return byHand('A trail in addition to those of other accounts would record every event twice.');
    if (s3BucketName === '') return byHand('The parameter s3BucketName names no bucket for a new trail.');
    return [create(trailName, s3BucketName, ref.region), start(trailName, ref.region, true)];
  },
});
