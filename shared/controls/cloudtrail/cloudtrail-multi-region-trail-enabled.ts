import {
  excludedSources,
  isForDataEvents,
  selectsReadsAndWrites,
  withReadsAndWrites,
} from '../../aws/cloudtrail/event-selectors.ts';
import { cover, create, select, start, undoOfTrailSteps, updateTrail } from '../../aws/cloudtrail/trail-steps.ts';
import { byHand, compliant, defineControl, nonCompliant, notApplicable, type Plan } from '../../control.ts';
import { requirements } from '../../frameworks.ts';
import { Unreadable } from '../../resource.ts';
import { cloudtrailAccount, type VisibleTrail } from '../../resources/cloudtrail/account.ts';
import type { Step } from '../../step.ts';

const isSelective = ({ selectors }: VisibleTrail): boolean => selectors !== null && !selectsReadsAndWrites(selectors);

/** The excluded sources that nobody has accepted. */
const unaccepted = ({ selectors }: VisibleTrail, accepted: readonly string[]): readonly string[] =>
  selectors === null ? [] : excludedSources(selectors).filter((source) => !accepted.includes(source));

/** What a trail is known to lack, each in words. */
function shortcomings(trail: VisibleTrail, accepted: readonly string[]): readonly string[] {
  const excluded = unaccepted(trail, accepted);
  return [
    ...(trail.isLogging === false ? ['is not logging'] : []),
    ...(trail.isMultiRegion === false ? ['covers one region only'] : []),
    ...(isSelective(trail) ? ['does not select every management event'] : []),
    ...(excluded.length > 0 ? [`excludes the events of ${excluded.join(', ')}`] : []),
  ];
}

/** How far a trail is from what is asked: one that was made for data events or for one region is the last to be changed. */
const distance = (trail: VisibleTrail): number =>
  (trail.isLogging ? 0 : 1) +
  (isSelective(trail) ? (trail.selectors !== null && isForDataEvents(trail.selectors) ? 8 : 2) : 0) +
  (trail.isMultiRegion ? 0 : 4);

/** The trail of our own that needs the least change. */
const nearest = (trails: readonly VisibleTrail[]): VisibleTrail | undefined =>
  trails.filter(({ isOwn }) => isOwn).toSorted((a, b) => distance(a) - distance(b))[0];

const isReadable = (trail: VisibleTrail | Unreadable): trail is VisibleTrail => !(trail instanceof Unreadable);

/** The calls that bring one trail to what is asked, and no others. What somebody has excluded stays so. */
function remedy(trail: VisibleTrail, accepted: readonly string[]): Plan {
  const steps: Step[] = trail.isMultiRegion ? [] : [cover(trail)];
  if (trail.selectors !== null && isSelective(trail)) {
    const wanted = withReadsAndWrites(trail.selectors);
    if (wanted === null)
      return byHand(`${trail.name} has as many event selectors as it may, or these exclude different events.`);
    steps.push(select(trail, trail.selectors, wanted));
  }
  if (!trail.isLogging) steps.push(start(trail.name, trail.homeRegion));
  const excluded = unaccepted(trail, accepted);
  if (steps.length > 0 || excluded.length === 0) return steps;
  return byHand(
    `Events are charged for, and somebody has excluded those of ${excluded.join(', ')}: accept that (parameter acceptedExclusions), or select them again.`,
  );
}

/** What another account's trail may be, as far as this account can see: all that is asked. */
const mayRecordAll = (trail: VisibleTrail, accepted: readonly string[]): boolean =>
  trail.hidden.length > 0 && shortcomings(trail, accepted).length === 0;

export default defineControl({
  id: 'cloudtrail-multi-region-trail-enabled',
  title: 'A multi-region trail with management read+write events must exist and log',
  severity: 'CRITICAL',
  resource: cloudtrailAccount,
  needs: ['trails'],
  securityControlIds: ['CloudTrail.1', 'CloudTrail.3'],
  relatedRequirements: [
    'AWS FSBP CloudTrail.1',
    'AWS FSBP CloudTrail.3',
    'CIS AWS v3.0 3.1',
    'CIS AWS v5.0 3.1',
    ...requirements(
      'PCI DSS v4.0',
      '5.3.4 10.2.1 10.2.1.1 10.2.1.2 10.2.1.3 10.2.1.4 10.2.1.5 10.2.1.6 10.2.1.7 10.2.2 10.3.1 10.6.3 A1.2.1',
    ),
    ...requirements(
      'NIST 800-53 r5',
      'AC-2(4) AC-3(1) AC-3(10) AC-4(26) AC-6(9) AU-2 AU-3 AU-3(1) AU-6(3) AU-6(4) AU-6(6) AU-6(9) AU-8 AU-10 AU-12 AU-12(1) AU-12(2) AU-12(3) AU-12(4) AU-14 AU-14(3) CA-7 CM-5(1) CM-6 CM-9 IA-3(3) MA-4(1) PM-14 PM-31 SC-7(9) SI-1(1) SI-3(8) SI-4(2) SI-4(17) SI-4(20) SI-7(8) SI-10(1)',
    ),
    ...requirements('SOC 2', 'A1.2 CC2.1 CC7.2 PI1.3'),
  ],
  description:
    "At least one trail that records the account, its own or its organization's, must cover all regions, be logging, and select every management event, reads and writes; no event source may be excluded but those in acceptedExclusions. Where an organization's trail covers the account and does not show it whether it does all that, the control is not applicable.",
  rationale:
    'What no trail records cannot be investigated, alarmed on or undone; Evenkeel itself sees only what a trail records.',
  guidance:
    'Start the trail, make it multi-region and restore its event selectors. Excluded event sources (AWS KMS, RDS Data API) are left to you, since selecting them again may cost: accept the exclusion, or remove it. If there is none, create a bucket with a policy for CloudTrail and a trail that delivers to it.',
  impact: 'none',
  recommendedMode: 'remediate',
  permissions: { ...start.permissions, ...updateTrail, ...select.permissions, ...create.permissions },
  undoCalls: undoOfTrailSteps,
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
    acceptedExclusions: {
      description:
        'Event sources that a trail may exclude from its management events, for their cost: kms.amazonaws.com, rdsdata.amazonaws.com.',
      type: 'array',
      items: { type: 'string', pattern: '^[a-z0-9.-]+\\.amazonaws\\.com$' },
      uniqueItems: true,
      default: [] as readonly string[],
    },
  },
  evaluate({ trails }, { parameters: { acceptedExclusions } }) {
    const unreadable = trails.find((trail) => trail instanceof Unreadable);
    const readable = trails.filter(isReadable);
    const lacking = (trail: VisibleTrail) => shortcomings(trail, acceptedExclusions);
    const good = readable.find((trail) => trail.hidden.length === 0 && lacking(trail).length === 0);
    if (good !== undefined) {
      const excluded = good.selectors === null ? [] : excludedSources(good.selectors);
      const accepted = excluded.length > 0 ? ` but those of ${excluded.join(', ')}, which is accepted` : '';
      const unknown = unreadable === undefined ? '' : `; ${unreadable.unreadable}`;
      return compliant(`${good.name} records every management event of all regions${accepted}${unknown}.`);
    }
    // The one that could not be read may be all that is asked.
    if (unreadable !== undefined) throw unreadable.error;
    const foreign = readable.find((trail) => mayRecordAll(trail, acceptedExclusions));
    if (foreign !== undefined)
      return notApplicable(
        `${foreign.name} of account ${foreign.owner} covers this account; only that account can see whether it records everything: ${foreign.hidden.join(', ')}.`,
      );
    const closest = nearest(readable) ?? readable[0];
    if (closest === undefined) return nonCompliant('No trail records this account.');
    return nonCompliant(`No trail records all that is required: ${closest.name} ${lacking(closest).join(', ')}.`);
  },
  plan({ ref, trails }, { parameters: { s3BucketName, trailName, acceptedExclusions } }) {
    const closest = nearest(trails.filter(isReadable));
    if (closest !== undefined) return remedy(closest, acceptedExclusions);
    // An organization's trail may record it all.
    if (trails.length > 0)
      return byHand('A trail in addition to those of other accounts would record every event twice.');
    if (s3BucketName === '') return byHand('The parameter s3BucketName names no bucket for a new trail.');
    return [create(trailName, s3BucketName, ref.region), start(trailName, ref.region, true)];
  },
});
