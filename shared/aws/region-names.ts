import { partition } from '@aws-sdk/core/client';
import { closest, distance } from 'fastest-levenshtein';

/** How AWS makes the names of its regions. New ones are made the same way, so that none is refused for being newer than our data. */
const DIRECTIONS = ['north', 'northeast', 'east', 'southeast', 'south', 'southwest', 'west', 'northwest', 'central'];
const REGION_NAME = new RegExp(`^[a-z]{2,4}(-[a-z]+)?-(${DIRECTIONS.join('|')})-[1-9][0-9]?$`);

/** The areas of the regions that there are, to suggest names by; the names themselves are the SDK's. */
const AREAS = [
  'af',
  'ap',
  'ca',
  'cn',
  'eu',
  'il',
  'me',
  'mx',
  'sa',
  'us',
  'us-gov',
  'eusc-de',
  'us-iso',
  'us-isob',
  'us-isof',
  'eu-isoe',
];
/** Most regions of one area and direction. */
const MAX_NUMBER = 9;

/** True for a name that is made like those of AWS's regions: also for one that the SDK's data does not have yet. */
export const isRegionName = (name: string): boolean => REGION_NAME.test(name);

/** True for a region of the SDK's data. */
export const isKnownRegion = (name: string): boolean => isRegionName(name) && 'description' in partition(name);

/** True where a pattern, in which `*` matches any characters, can fit a region. `fits` matches it. */
export function canFitRegion(pattern: string, fits: (pattern: string, name: string) => boolean): boolean {
  if (!pattern.includes('*')) return isRegionName(pattern);
  const [area = ''] = pattern.split('-');
  return namesOf(/^[a-z]{2}$/.test(area) ? [...AREAS, area] : AREAS).some((name) => fits(pattern, name));
}

/** The region of the SDK's data whose name, or whose beginning where it is a pattern, is nearest; null for what is like none: an arbitrary one would be suggested. */
export function nearestRegion(name: string): string | null {
  known ??= namesOf(AREAS).filter(isKnownRegion);
  const [stem = ''] = name.toLowerCase().split('*');
  const isPattern = stem.length < name.length;
  const beginnings = known.map((region) => (isPattern ? region.slice(0, stem.length) : region));
  const nearest = closest(stem, beginnings);
  const isLike = nearest !== '' && distance(stem, nearest) <= Math.min(stem.length, nearest.length) / 2;
  return isLike ? (known[beginnings.indexOf(nearest)] ?? null) : null;
}

/** Gathered where a name is wrong, and only then. */
let known: readonly string[] | undefined;

/** What is wrong with a region that is none, and which was probably meant. */
export const unknownRegion = (name: string): string => `unknown region; ${meantRegion(name)}`;

/** Which region was probably meant, to say after what is wrong; where none was, what one looks like. */
export function meantRegion(name: string): string {
  const nearest = nearestRegion(name);
  return nearest === null ? 'one is eu-west-1' : `did you mean ${nearest}?`;
}

const namesOf = (areas: readonly string[]): readonly string[] =>
  areas.flatMap((area) =>
    DIRECTIONS.flatMap((direction) =>
      Array.from({ length: MAX_NUMBER }, (_, index) => `${area}-${direction}-${index + 1}`),
    ),
  );
