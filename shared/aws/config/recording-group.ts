import type { RecordingGroup } from '@aws-sdk/client-config-service';

/** The global types that a recorder may leave to that of another region. Source: AWS Config API Reference, RecordingGroup. */
const GLOBAL_TYPES = ['AWS::IAM::Group', 'AWS::IAM::Policy', 'AWS::IAM::Role', 'AWS::IAM::User'];

/** What a recording group is asked to record beside all regional types, and what it may leave out. */
export interface Wanted {
  /** Whether the global types are asked for here. */
  readonly globalTypes: boolean;
  /** Resource types that may be excluded. */
  readonly accepted: readonly string[];
}

const isExcluding = (group: RecordingGroup): boolean =>
  group.recordingStrategy?.useOnly === 'EXCLUSION_BY_RESOURCE_TYPES';

/** The resource types that a group leaves out by name. */
const excludedTypes = (group: RecordingGroup): readonly string[] =>
  isExcluding(group) ? (group.exclusionByResourceTypes?.resourceTypes ?? []) : [];

/** Whether a type may stay excluded. */
const isTolerated = (type: string, { globalTypes, accepted }: Wanted): boolean =>
  accepted.includes(type) || (!globalTypes && GLOBAL_TYPES.includes(type));

/** What a group leaves out of what is asked, each in words. */
export function omissions(group: RecordingGroup, wanted: Wanted): readonly string[] {
  if (isExcluding(group)) {
    const missing = excludedTypes(group).filter((type) => !isTolerated(type, wanted));
    return missing.length === 0 ? [] : [`excludes ${missing.toSorted().join(', ')}`];
  }
  const all = group.allSupported === true || group.recordingStrategy?.useOnly === 'ALL_SUPPORTED_RESOURCE_TYPES';
  return [
    ...(all ? [] : ['does not record every supported resource type']),
    ...(wanted.globalTypes && group.includeGlobalResourceTypes !== true && !isGlobalAccepted(wanted)
      ? ['does not record global resource types']
      : []),
  ];
}

const isGlobalAccepted = ({ accepted }: Wanted): boolean => GLOBAL_TYPES.every((type) => accepted.includes(type));

/** True where a group records a global type now. */
function recordsGlobalTypes(group: RecordingGroup): boolean {
  if (isExcluding(group)) return !GLOBAL_TYPES.every((type) => excludedTypes(group).includes(type));
  const named = (group.resourceTypes ?? []).some((type) => GLOBAL_TYPES.includes(type));
  return named || group.includeGlobalResourceTypes === true;
}

/** A group of all supported types. */
export const everything = (includeGlobalResourceTypes: boolean): RecordingGroup => ({
  allSupported: true,
  includeGlobalResourceTypes,
  recordingStrategy: { useOnly: 'ALL_SUPPORTED_RESOURCE_TYPES' },
});

/** The group with everything that is asked, without what it may leave out, and with what it records beyond that. */
export function widened(group: RecordingGroup, wanted: Wanted): RecordingGroup {
  const kept = excludedTypes(group).filter((type) => isTolerated(type, wanted));
  if (kept.length === 0) return everything(wanted.globalTypes || recordsGlobalTypes(group));
  return { ...group, exclusionByResourceTypes: { resourceTypes: kept as never } };
}

/** A group as PutConfigurationRecorder takes it: AWS Config also answers with the empty lists of the strategies that it does not have. */
export function asInput({ resourceTypes = [], exclusionByResourceTypes, ...group }: RecordingGroup): RecordingGroup {
  const excluded = exclusionByResourceTypes?.resourceTypes ?? [];
  return {
    ...group,
    ...(resourceTypes.length > 0 ? { resourceTypes } : {}),
    ...(excluded.length > 0 || isExcluding(group) ? { exclusionByResourceTypes: { resourceTypes: excluded } } : {}),
  };
}
