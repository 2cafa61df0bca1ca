import {
  byHand,
  compliant,
  type Evaluation,
  nonCompliant,
  notApplicable,
  type Parameters,
  type ParameterValues,
  type Plan,
} from '../../control.ts';
import { type CallRecord, type EventRecord, strings } from '../../event.ts';
import { type Aws, call, event, type Facets, onEverything, type Resource, type ResourceRef } from '../../resource.ts';
import type { Step } from '../../step.ts';
import { counted } from '../../text.ts';
import { DAY_MS } from '../../time.ts';

export const protectionGrants = onEverything('backup:ListProtectedResources');

/** What AWS Backup has of a resource. */
export interface Protection {
  /** ISO 8601; null where there never was one. */
  readonly lastBackup: string | null;
  /** What it was backed up with, where that is not the resource by itself. */
  readonly backedUpWith: string | null;
}

/** What each backup changes, by the names that it has in a state: `volatile` of a resource. */
export const BACKUP_TIMES = ['lastBackup', 'backedUpWith'] satisfies (keyof Protection)[];

/** Read by ARN, of the listing of the region: a sweep asks for that once. */
export async function readProtection(aws: Aws, arn: string): Promise<Protection> {
  // Loaded here, since few events get as far as this question.
  const { lastBackups } = await import('./protected-resources.ts');
  return { lastBackup: (await lastBackups(aws)).get(arn) ?? null, backedUpWith: null };
}

/** More resources than these are left to the sweep. */
const MAX_LOOKED_UP = 200;

/** What changes the protection of resources, beside calls on themselves. `idIn` reads an id out of an ARN, null where that is of another type. A plan that is deleted names none: those that have a backup are looked at. */
export const protectionTriggers = (idIn: (arn: string) => string | null) =>
  [
    call('backup.amazonaws.com', ['CreateBackupSelection', 'DeleteBackupSelection', 'DeleteBackupPlan'], {
      ids: ({ request }: CallRecord) => idsIn(strings(request, 'backupSelection.resources'), idIn),
      async find(aws: Aws) {
        const { protectedArns } = await import('./protected-resources.ts');
        const ids = idsIn(await protectedArns(aws), idIn);
        return ids.length > MAX_LOOKED_UP ? [] : ids;
      },
      grants: protectionGrants,
      facets: ['protection'],
    }),
    event('aws.backup', 'Backup Job State Change', {
      ids: ({ detail }: EventRecord) =>
        detail.state === 'COMPLETED' ? idsIn(strings(detail, 'resourceArn'), idIn) : [],
      find: async () => [],
      facets: ['protection'],
    }),
  ] as const;

/** A selection may name all resources of a type, or those whose ARNs are alike. */
const idsIn = (arns: readonly string[], idIn: (arn: string) => string | null): readonly string[] =>
  arns.filter((arn) => !arn.includes('*')).flatMap((arn) => idIn(arn) ?? []);

export const PROTECTION_PARAMETERS = {
  tagKey: {
    description:
      'The key of the tag by which a backup plan of yours selects resources; backups are charged for. Empty: a person decides.',
    type: 'string',
    maxLength: 128,
    default: '',
  },
  tagValue: { description: 'The value of that tag.', type: 'string', maxLength: 256, default: '' },
  graceDays: {
    description: 'For how many days a new resource may wait for its first backup.',
    type: 'integer',
    minimum: 0,
    maximum: 90,
    default: 2 as number,
  },
  maximumBackupAgeDays: {
    description: 'How many days old the last backup may be.',
    type: 'integer',
    minimum: 1,
    maximum: 3650,
    default: 35 as number,
  },
} satisfies Parameters;

type Wishes = ParameterValues<typeof PROTECTION_PARAMETERS>;

/** `createdAt`: ISO 8601; null while it is being created. */
export function evaluateProtection(
  { lastBackup, backedUpWith }: Protection,
  createdAt: string | null,
  { graceDays, maximumBackupAgeDays }: Wishes,
  now: Date,
): Evaluation {
  const isWithin = (time: string, days: number) => now.getTime() - Date.parse(time) < days * DAY_MS;
  const what = backedUpWith === null ? 'it' : `${backedUpWith}, and this with it`;
  if (lastBackup !== null)
    return isWithin(lastBackup, maximumBackupAgeDays)
      ? compliant(`AWS Backup last backed ${what} up at ${lastBackup}.`)
      : nonCompliant(
          `AWS Backup last backed ${what} up at ${lastBackup}, more than ${counted(maximumBackupAgeDays, 'day')} ago.`,
          'overdue',
        );
  if (createdAt === null) return notApplicable('It is being created: no backup is due yet.');
  if (isWithin(createdAt, graceDays))
    return notApplicable(
      `It was created at ${createdAt}, less than ${counted(graceDays, 'day')} ago: no first backup is due yet.`,
    );
  return nonCompliant('AWS Backup has no backup of it.', 'never');
}

interface PlanContext {
  readonly parameters: Wishes;
}

/** What a plan sees of AWS Backup and of the resource's tags. `type`: as AWS Backup names it (`EBS`). */
export const protectionRelated = <F extends Facets>({ ownership }: Resource<F>, type: string) => ({
  isOptedIn: {
    grants: onEverything('backup:DescribeRegionSettings'),
    async read(aws: Aws, _ref: ResourceRef, _context: PlanContext) {
      const { isOptedIn } = await import('./protected-resources.ts');
      return isOptedIn(aws, type);
    },
  },
  /** The value that the tag has; null where there is none. */
  tag: {
    grants: ownership?.grants ?? {},
    async read(aws: Aws, ref: ResourceRef, { parameters: { tagKey } }: PlanContext) {
      const found = await ownership?.read(aws, ref);
      return found?.tags[tagKey] ?? null;
    },
  },
});

/** Gives the resource the tag by which a backup plan selects; `step` makes the call. */
export function planProtection(
  state: { readonly isOptedIn: unknown; readonly tag: string | null; readonly protection: Protection },
  { tagKey, tagValue }: Wishes,
  step: (tag: NewTag) => Step,
): Plan {
  if (state.isOptedIn !== true)
    return byHand('AWS Backup is not opted in for resources of this type in the region: no tag has them backed up.');
  if (tagKey === '') return byHand('The parameter tagKey names no tag by which a backup plan selects.');
  if (state.tag === tagValue || state.protection.lastBackup !== null)
    return byHand('See which backup plan should select it, and what became of its backup jobs.');
  return [step({ Key: tagKey, Value: tagValue, before: state.tag })];
}

/** A tag to set, and the value that it had. */
export interface NewTag {
  readonly Key: string;
  readonly Value: string;
  readonly before: string | null;
}
