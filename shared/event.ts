/** A JSON object of which nothing is known yet. */
export type JsonObject = { readonly [key: string]: unknown };

/** A CloudTrail record, reduced to what routing and attribution read. `request` and `response` have the `<Operation>Request` and `<Operation>Response` wrappers of newer EC2 operations taken off. */
export interface CallRecord {
  readonly eventSource: string;
  readonly eventName: string;
  readonly accountId: string;
  readonly region: string;
  readonly request: JsonObject | null;
  readonly response: JsonObject | null;
  /** CloudTrail omitted the parameters or the response because they were too large. */
  readonly omitted: boolean;
  readonly errorCode: string | null;
  readonly userIdentity: JsonObject | null;
  /** The whole record, for detections. */
  readonly raw: JsonObject;
}

/** An EventBridge event that is no call, reduced to what routing reads. */
export interface EventRecord {
  readonly source: string;
  readonly detailType: string;
  readonly accountId: string;
  readonly region: string;
  /** ARNs that the event names. */
  readonly resources: readonly string[];
  readonly detail: JsonObject;
}

/** True for a JSON object; false for null, arrays and the literal string "null". */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The object, or null for anything else. */
export const objectOrNull = (value: unknown): JsonObject | null => (isObject(value) ? value : null);

/** The string, or null where it is empty or anything else. */
export const stringOrNull = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' && value !== 'null' ? value : null;

/** A field by name, whatever its capitals: CloudTrail writes both `groupId` and `GroupId`. */
export function field(source: unknown, name: string): unknown {
  if (!isObject(source)) return undefined;
  if (Object.hasOwn(source, name)) return source[name];
  const wanted = name.toLowerCase();
  const key = Object.keys(source).find((candidate) => candidate.toLowerCase() === wanted);
  return key === undefined ? undefined : source[key];
}

/** A list in any of CloudTrail's forms as an array: `{items: […]}`, `{}` (empty), `{tag, content}` once or in an array, an array, one bare value. */
function members(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(members);
  const content = isObject(value) && 'tag' in value ? field(value, 'content') : undefined;
  return content === undefined ? [value] : members(content);
}

/** Every string at `path` (`instancesSet.items.instanceId`), lists on the way walked member by member; each once. */
export function strings(source: unknown, path: string): readonly string[] {
  let found: readonly unknown[] = [source];
  for (const name of path.split('.')) found = found.flatMap((value) => members(field(value, name)));
  return [...new Set(found.map(stringOrNull).filter((value) => value !== null))];
}

/** Removes the `<Operation>Request` / `<Operation>Response` wrapper. */
export function unwrapped(value: unknown, wrapper: string): JsonObject | null {
  const object = objectOrNull(value);
  const inner = object === null ? undefined : field(object, wrapper);
  return inner === undefined ? object : objectOrNull(inner);
}

/** Removes the wrapper of a record of EC2, whatever it is called: `DelTGwVpcAttachReq` was recorded for `DeleteTransitGatewayVpcAttachmentRequest`. What has none begins with small letters. */
export function ec2Unwrapped(value: unknown, wrapper: string): JsonObject | null {
  const [[key, inner] = ['', undefined], ...others] = Object.entries(objectOrNull(value) ?? {});
  const isWrapper = others.length === 0 && /^[A-Z]/.test(key) && (isObject(inner) || inner === '');
  return isWrapper ? objectOrNull(inner) : unwrapped(value, wrapper);
}
