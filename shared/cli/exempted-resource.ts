import { randomUUID } from 'node:crypto';
import { globalRegionOf } from '../aws/partitions.ts';
import { enabledRegions } from '../aws/regions.ts';
import type { AnyControl, AnyResource } from '../control.ts';
import { controls } from '../controls/index.ts';
import type { Detection } from '../detection.ts';
import { detections } from '../detections/index.ts';
import { namesResource } from '../policy/exemptions.ts';
import { fits } from '../policy/patterns.ts';
import { everyListed, partitionOf, type ResourceRef } from '../resource.ts';
import { inOneLine } from './aws-problem.ts';
import type { CommandRun } from './context.ts';
import { UsageError } from './errors.ts';
import { assertRegion, homeRegion, requiredRegion } from './options.ts';
import { arnOf } from './output/entry.ts';

/** What an exemption names, and where it is looked for. */
interface Search {
  /** An ARN or id; `*` matches any characters. */
  readonly named: string;
  readonly controlId: string;
  readonly accountId: string;
  readonly run: CommandRun;
}

/** Null where a resource of the control is of this name; else why that could not be checked. Throws UsageError where there is none, where it is of another account or another type, and for a pattern that fits every resource. */
export async function uncheckedReason(controlId: string, named: string, run: CommandRun): Promise<string | null> {
  const { accountId } = await run.caller();
  const search: Search = { named, controlId, accountId, run };
  const { accountId: owner, region } = partsOf(named);
  if (owner !== '' && !fits(owner, accountId))
    throw new UsageError(`--resource ${named}: is of account ${owner}, these credentials are of account ${accountId}`);
  if (!region.includes('*')) assertRegion('--resource: the region', region);
  const control = controls.find(({ id }) => id === controlId);
  const detection = detections.find(({ id }) => id === controlId);
  if (control !== undefined) assertSpecific(search, control.resource);
  else if (fits(named, randomUUID())) throw tooWide(search);
  if (await hasFinding(search)) return null;
  if (control !== undefined) return searchLive(search, control);
  return detection === undefined || isOfAccount(search, detection)
    ? null
    : 'what a detection is about cannot be listed';
}

/** The service, region, account and resource that an ARN, or the pattern of one, says; all empty for an id. */
function partsOf(arn: string) {
  const [prefix, _partition, service = '', region = '', accountId = '', ...resource] = arn.split(':');
  if (prefix !== 'arn') return { arn, service: '', region: '', accountId: '', resource: '' };
  return { arn, service, region, accountId, resource: resource.join(':') };
}

/** Throws UsageError for the ARN of another type, and for a pattern that fits every resource of the type in the account. */
function assertSpecific(search: Search, resource: AnyResource): void {
  const { named, accountId, controlId } = search;
  const { service, region, resource: own } = partsOf(named);
  const isOne = resource.type === 'AWS::::Account';
  const resourceId = isOne ? accountId : randomUUID();
  const example = partsOf(exampleArn(resource, { resourceId, accountId, region: regionOr(region) }));
  if (!isOne && (fits(named, example.arn) || fits(named, resourceId))) throw tooWide(search);
  const form = isOne ? example.resource : example.resource.slice(0, -resourceId.length);
  const isOther = service !== '' && (!fits(service, example.service) || !(own.includes('*') || own.startsWith(form)));
  if (isOther)
    throw new UsageError(`--resource ${named}: ${controlId} is about ${resource.type}, and this is no ARN of one`);
}

/** The ARN of a resource of the type; of a trail, whose id is its ARN, one that has the id for a name. */
function exampleArn(resource: AnyResource, ref: Omit<ResourceRef, 'resourceType'>): string {
  const arn = resource.arn({ ...ref, resourceType: resource.type });
  if (arn !== ref.resourceId) return arn;
  const { region, accountId, resourceId } = ref;
  return `arn:${partitionOf(region)}:${resource.service.id}:${region}:${accountId}:trail/${resourceId}`;
}

const tooWide = ({ named, controlId }: Search) =>
  new UsageError(
    `--resource ${named}: fits every resource: name one, or set the mode of ${controlId} in policy.yml, where it is reviewed`,
  );

const regionOr = (region: string): string => (region === '' || region.includes('*') ? homeRegion() : region);

/** True where a finding is open: of a resource that was deleted, too. */
async function hasFinding({ named, controlId, run, accountId }: Search): Promise<boolean> {
  for await (const { arn, ref, ...finding } of run.engine.ledger.openFindings())
    if (
      finding.controlId === controlId &&
      ref.accountId === accountId &&
      namesResource({ resource: named }, { arn: arnOf(controlId, ref) ?? arn, resourceId: ref.resourceId })
    )
      return true;
  return false;
}

/** True where a detection about the account is exempted for this account. */
function isOfAccount({ named, accountId }: Search, { resourceType, arn }: Detection): boolean {
  const ref = { resourceType, resourceId: accountId, accountId, region: homeRegion() };
  return (
    resourceType === 'AWS::::Account' &&
    namesResource({ resource: named }, { arn: arn?.(ref) ?? '', resourceId: accountId })
  );
}

/** Looks for the resource in the lists of its type: in the region that its ARN says, else in the default one, then in the others. */
async function searchLive(search: Search, { resource, id }: AnyControl): Promise<string | null> {
  const searched: string[] = [];
  const errors: string[] = [];
  try {
    for await (const region of regionsToSearch(search, resource)) {
      searched.push(region);
      try {
        if (await isListed(search, resource, region)) return null;
      } catch (error) {
        if (error instanceof UsageError) throw error;
        errors.push(`could not list ${resource.type} in ${region}: ${inOneLine(error)}`);
      }
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    errors.push(`could not list the enabled regions: ${inOneLine(error)}`);
  }
  if (errors.length > 0) return errors.join('; ');
  throw new UsageError(
    `--resource ${search.named}: ${id} is about ${resource.type}, and there is none of this id or ARN in ${searched.join(', ')}`,
  );
}

/** An id that belongs to nothing, of the form that EC2 gives this one (`sg-…`). */
const otherIdLike = (resourceId: string, { type }: AnyResource): string =>
  type.startsWith('AWS::EC2::') ? resourceId.replace(/^([a-z]+-)([0-9a-f]+)$/, `$1${randomUUID()}`) : randomUUID();

async function* regionsToSearch({ named, run }: Search, resource: AnyResource): AsyncGenerator<string> {
  const home = requiredRegion();
  const { region } = partsOf(named);
  if (resource.global === true) yield run.home ?? globalRegionOf(home);
  else if (region !== '' && !region.includes('*')) yield region;
  else {
    yield home;
    const [, ...others] = await enabledRegions(run.engine.aws(home), home);
    yield* others;
  }
}

async function isListed(search: Search, resource: AnyResource, region: string): Promise<boolean> {
  const { named, accountId, run } = search;
  for await (const listed of everyListed(resource.list(run.engine.aws(region), { accountId, region }))) {
    const { resourceId } = listed;
    const ref = { resourceType: resource.type, resourceId, accountId, region: listed.region ?? region };
    if (!namesResource({ resource: named }, { arn: resource.arn(ref), resourceId })) continue;
    if (named.includes('*') && fits(named, otherIdLike(resourceId, resource))) throw tooWide(search);
    return true;
  }
  return false;
}
