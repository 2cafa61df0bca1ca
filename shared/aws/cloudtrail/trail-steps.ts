import {
  CloudTrailClient,
  CreateTrailCommand,
  DeleteTrailCommand,
  PutEventSelectorsCommand,
  StartLoggingCommand,
  StopLoggingCommand,
  UpdateTrailCommand,
} from '@aws-sdk/client-cloudtrail';
import { onResources } from '../../resource.ts';
import { type Step, set, step, stepBuilder, undoneBy } from '../../step.ts';
import { type Selectors, selectorInput } from './event-selectors.ts';
import { OWN_TRAILS } from './trail-arn.ts';

/** What these steps know of a trail of the account, at home in any region. */
interface CoveredTrail {
  readonly name: string;
  readonly homeRegion: string;
  readonly isMultiRegion: boolean | null;
  readonly includesGlobalServices: boolean | null;
}

/** Attributes of different trails are different elements of the account. */
const elementsOf = (name: string, ...attributes: readonly string[]) =>
  attributes.map((attribute) => `trail ${name} ${attribute}`);

export const updateTrail = onResources(OWN_TRAILS, 'cloudtrail:UpdateTrail');

/** Has a trail cover all regions and the global services. */
export const cover = ({ name: Name, homeRegion: region, isMultiRegion, includesGlobalServices }: CoveredTrail): Step =>
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

export const select = stepBuilder(
  onResources(OWN_TRAILS, 'cloudtrail:PutEventSelectors'),
  (
    { name: TrailName, homeRegion: region }: Pick<CoveredTrail, 'name' | 'homeRegion'>,
    before: Selectors,
    wanted: Selectors,
  ) => {
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

export const start = stepBuilder(
  onResources(OWN_TRAILS, 'cloudtrail:StartLogging'),
  (Name: string, region: string, isNew = false) => {
    // A trail that is not made cannot log.
    const options = { region, elements: elementsOf(Name, 'IsLogging', ...(isNew ? ['trail'] : [])) };
    const stop = () => [step(CloudTrailClient, StopLoggingCommand, { Name }, options)];
    return step(CloudTrailClient, StartLoggingCommand, { Name }, { ...options, undo: stop });
  },
);

export const create = stepBuilder(
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

/** What undoes these steps; the account's trails are at home in any region. */
export const undoOfTrailSteps = [
  undoneBy(CloudTrailClient, StopLoggingCommand, () => ({}), ['Name'], {
    anyRegion: true,
    permissions: onResources(OWN_TRAILS, 'cloudtrail:StopLogging'),
  }),
  undoneBy(CloudTrailClient, DeleteTrailCommand, () => ({}), ['Name'], {
    anyRegion: true,
    permissions: onResources(OWN_TRAILS, 'cloudtrail:DeleteTrail'),
  }),
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
];
