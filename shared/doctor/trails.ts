import { excludedFromWrites, withReadsAndWrites } from '../aws/cloudtrail/event-selectors.ts';
import { Unreadable } from '../resource.ts';
import { cloudtrailAccount, type VisibleTrail } from '../resources/cloudtrail/account.ts';
import { shellQuoted } from '../text.ts';
import type { Deployment } from './deployment.ts';
import { type CheckResult, deploymentCheck, fail, listed, problemsOr, warn } from './diagnosis.ts';

/** Whether a trail records the changes of every region: without one, EventBridge receives none. */
export const trails = deploymentCheck({
  name: 'trails',
  remedy:
    'check your permissions: cloudtrail:ListTrails, cloudtrail:DescribeTrails, cloudtrail:GetTrail, cloudtrail:GetTrailStatus, cloudtrail:GetEventSelectors',
  async run(deployment, { engine }) {
    const { accountId, home, regions } = deployment;
    const account = { resourceType: cloudtrailAccount.type, resourceId: accountId, accountId, region: home };
    const all = await cloudtrailAccount.facets.trails.read(engine.aws(home), account);
    const visible = all.filter((trail): trail is VisibleTrail => !(trail instanceof Unreadable));
    const unreadable = all.find((trail): trail is Unreadable => trail instanceof Unreadable);
    const blind = regions.filter((region) => !visible.some((trail) => covers(trail, region) && records(trail)));
    // An unreadable trail may be the one that records.
    if (blind.length > 0 && unreadable !== undefined) throw unreadable.error;
    if (blind.length > 0) return blindSpots(blind, visible, deployment);
    const recording = visible.filter(records);
    return problemsOr(unseenSources(recording, regions), `recorded by ${listed(recording.map(named))}`);
  },
});

const covers = ({ isMultiRegion, homeRegion }: VisibleTrail, region: string) =>
  isMultiRegion === true || homeRegion === region;

/** An organization's trail may hide from a member account whether it logs, and what it selects; heartbeats prove what arrives. */
const records = ({ isLogging, selectors }: VisibleTrail) =>
  isLogging !== false && (selectors === null || excludedFromWrites(selectors) !== null);

const named = ({ name, owner, hidden }: VisibleTrail) =>
  hidden.length === 0 ? name : `${name} of account ${owner}, which does not show all of it here: ${hidden.join(', ')}`;

/** Its calls run statements on a database and change no setting of a resource: no control needs them. */
const SETS_NOTHING = 'rdsdata.amazonaws.com';

/** What every trail that covers a region excludes, although controls may need it: EventBridge sends no events of that. */
function unseenSources(recording: readonly VisibleTrail[], regions: readonly string[]): readonly CheckResult[] {
  const excludedBy = ({ selectors }: VisibleTrail) => (selectors === null ? [] : (excludedFromWrites(selectors) ?? []));
  const isUnseenIn = (source: string, region: string) =>
    recording.filter((trail) => covers(trail, region)).every((trail) => excludedBy(trail).includes(source));
  const excluded = [...new Set(recording.flatMap(excludedBy))].filter((source) => source !== SETS_NOTHING);
  return excluded
    .filter((source) => regions.some((region) => isUnseenIn(source, region)))
    .map((source) =>
      warn(
        `no trail records the events of ${source}: the daily sweep alone sees its changes`,
        "select the source in the event selectors of a trail, which is charged by the event; or turn its service's controls off",
        source,
      ),
    );
}

/** One result for each trail that covers the region, or one that there is none. */
function blindSpots(blind: readonly string[], visible: readonly VisibleTrail[], deployment: Deployment): CheckResult[] {
  const where = blind.length === deployment.regions.length ? 'any region' : blind.join(', ');
  const impact = `changes in ${where} go unseen`;
  const covering = visible.filter((trail) => blind.some((region) => covers(trail, region)));
  const [trail] = covering;
  if (trail === undefined) return [fail(`${impact}: no trail records them`, create(visible, deployment), where)];
  return covering.map((one) => fail(`${impact}: the trail ${one.name} ${reason(one)}`, remedyOf(one), where));
}

const reason = ({ isLogging }: VisibleTrail) =>
  isLogging ? 'does not record write management events' : 'is not logging';

function remedyOf({ name, arn, isOwn, homeRegion, isLogging, selectors }: VisibleTrail): string {
  const trail = isOwn ? name : arn;
  if (!isLogging) return `aws cloudtrail start-logging --name ${trail} --region ${homeRegion}`;
  const wanted = selectors === null ? null : withReadsAndWrites(selectors);
  if (wanted === null) return `make ${trail} record write management events too, or create a second trail that does`;
  const [flag, list] =
    wanted.advanced.length > 0 ? ['--advanced-event-selectors', wanted.advanced] : ['--event-selectors', wanted.basic];
  return `aws cloudtrail put-event-selectors --trail-name ${trail} ${flag} ${shellQuoted(JSON.stringify(list))} --region ${homeRegion}`;
}

function create(visible: readonly VisibleTrail[], { home }: Deployment): string {
  const own = visible.find(({ isOwn }) => isOwn);
  if (own !== undefined)
    return `aws cloudtrail update-trail --name ${own.name} --is-multi-region-trail --region ${own.homeRegion}`;
  return `aws cloudtrail create-trail --name management-events --s3-bucket-name BUCKET --is-multi-region-trail --region ${home} && aws cloudtrail start-logging --name management-events --region ${home}`;
}
