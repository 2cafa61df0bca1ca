import type { Command } from 'commander';
import type { AnyControl, AnyResource, Severity } from '../control.ts';
import type { Detection } from '../detection.ts';
import type { Engine, Subject } from '../engine/context.ts';
import { namesResource } from '../policy/exemptions.ts';
import { fits } from '../policy/patterns.ts';
import type { ResourceRef } from '../resource.ts';
import { inOneLine } from './aws-problem.ts';
import { filtered, severityIn } from './control-filters.ts';
import { UsageError } from './errors.ts';
import { listOption } from './options.ts';

/** What a sweep, or a list of findings, may be narrowed to. */
export interface FindingFilters {
  readonly severity?: Severity;
  readonly service?: string;
  readonly resource: readonly string[];
  readonly tag: readonly string[];
}

export const withFindingFilters = (command: Command): Command =>
  command
    .option('--severity <severity>', 'only controls of this severity and above', severityIn)
    .option('--service <id>', 'only controls of this service; * matches any characters')
    .addOption(listOption('--resource <arn or id>', 'only this resource (repeatable); * matches any characters', 'all'))
    .addOption(
      listOption(
        '--tag <key[=value]>',
        'only resources with this tag (repeatable: all of them); * matches any characters',
        'any',
      ),
    );

const serviceOf = (one: AnyControl | Detection): string => ('resource' in one ? one.resource.service : one.service).id;

/** The controls or detections that the filters let through. Throws UsageError for a service that none has. */
export function chosenBy<T extends AnyControl | Detection>(
  all: readonly T[],
  { severity, service }: Pick<FindingFilters, 'severity' | 'service'>,
): readonly T[] {
  const described = all.map((one) => ({
    one,
    severity: one.severity,
    service: serviceOf(one),
    relatedRequirements: one.relatedRequirements,
  }));
  const asked = { ...(severity === undefined ? {} : { severity }), ...(service === undefined ? {} : { service }) };
  return filtered(described, asked).map(({ one }) => one);
}

interface TagPattern {
  readonly key: string;
  readonly value: string;
}

/** Throws UsageError for a tag without a key. */
export function tagPattern(text: string): TagPattern {
  const [key = '', ...value] = text.split('=');
  if (key === '') throw new UsageError(`--tag ${text}: must be a tag's key, or KEY=VALUE`);
  return { key, value: value.length === 0 ? '*' : value.join('=') };
}

/** Throws UsageError for a filter that names no tag. */
export function assertTags({ tag }: Pick<FindingFilters, 'tag'>): void {
  for (const text of tag) tagPattern(text);
}

const hasTag = (tags: Readonly<Record<string, string>>, { key, value }: TagPattern): boolean =>
  Object.entries(tags).some(([name, given]) => fits(key, name) && fits(value, given));

/** Called for a resource whose tags could not be read. */
type OnUnread = (ref: ResourceRef, error: string) => void;

type Asked = Pick<Subject, 'ref'> & { readonly resource: AnyResource };

/** True for the resources that the filters let through; null where every resource is. Tags are read only for what its id lets through; where they cannot be read, or the type has none, the resource is left out. Throws UsageError for a tag without a key. */
export function resourceFilter(
  { resource: names, tag }: Pick<FindingFilters, 'resource' | 'tag'>,
  engine: Pick<Engine, 'aws'>,
  onUnread: OnUnread,
): ((subject: Asked) => Promise<boolean>) | null {
  const patterns = tag.map(tagPattern);
  if (names.length === 0 && patterns.length === 0) return null;
  return async ({ resource, ref }) => {
    const named = { arn: resource.arn(ref), resourceId: ref.resourceId };
    if (names.length > 0 && !names.some((name) => namesResource({ resource: name }, named))) return false;
    if (patterns.length === 0) return true;
    try {
      const tags = await tagsOf(resource, ref, engine);
      return tags !== null && patterns.every((pattern) => hasTag(tags, pattern));
    } catch (error) {
      onUnread(ref, `could not read the tags of ${ref.resourceId}: ${inOneLine(error)}`);
      return false;
    }
  };
}

/** The tags of a resource; null where its type has none that are read, or it is gone. Throws the SDK's error. */
export async function tagsOf(
  resource: AnyResource,
  ref: ResourceRef,
  { aws }: Pick<Engine, 'aws'>,
): Promise<Readonly<Record<string, string>> | null> {
  try {
    return (await resource.ownership?.read(aws(ref.region), ref))?.tags ?? null;
  } catch (error) {
    if (error instanceof Error && (error.name === 'Gone' || resource.gone.includes(error.name))) return null;
    throw error;
  }
}
