import { selectsManagementWrites, withAllManagementEvents } from '../aws/cloudtrail/event-selectors.ts';
import { Unreadable } from '../resource.ts';
import { cloudtrailAccount, type VisibleTrail } from '../resources/cloudtrail/account.ts';
import type { Deployment } from './deployment.ts';
import { ill, named, ofDeployment, troublesOr, type Verdict } from './diagnosis.ts';

/** Whether a trail records what is changed, in every region: without one EventBridge sends nothing. */
export const trails = ofDeployment({
  what: 'trails',
  mend: 'see your permissions: cloudtrail:ListTrails, cloudtrail:GetTrail, cloudtrail:GetTrailStatus, cloudtrail:GetEventSelectors',
  async examine(deployment, { engine }) {
    const { accountId, home, regions } = deployment;
    const account = { resourceType: cloudtrailAccount.type, resourceId: accountId, accountId, region: home };
    const all = await cloudtrailAccount.facets.trails.read(engine.aws(home), account);
    const seen = all.filter((trail): trail is VisibleTrail => !(trail instanceof Unreadable));
    const unreadable = all.find((trail): trail is Unreadable => trail instanceof Unreadable);
    const blind = regions.filter((region) => !seen.some((trail) => covers(trail, region) && records(trail)));
    // One that cannot be read may be the one that records.
    if (blind.length > 0 && unreadable !== undefined) throw unreadable.error;
    const by = seen.filter(records).map(({ name }) => name);
    return troublesOr(blind.length === 0 ? [] : blindness(blind, seen, deployment), `recorded by ${named(by)}`);
  },
});

const covers = ({ isMultiRegion, homeRegion }: VisibleTrail, region: string) => isMultiRegion || homeRegion === region;

/** Of an organisation's trail whose selectors are hidden, all that can be known is that it logs. */
const records = ({ isLogging, selectors }: VisibleTrail) =>
  isLogging && (selectors === null || selectsManagementWrites(selectors));

/** One line for each trail that could see, or one that there is none. */
function blindness(blind: readonly string[], seen: readonly VisibleTrail[], deployment: Deployment): Verdict[] {
  const where = blind.length === deployment.regions.length ? 'any region' : blind.join(', ');
  const without = `no event of ${where} is sent`;
  const near = seen.filter((trail) => blind.some((region) => covers(trail, region)));
  const [trail] = near;
  if (trail === undefined) return [ill(`${without}: no trail records it`, missing(seen, deployment), where)];
  return near.map((one) => ill(`${without}: the trail ${one.name} ${lack(one)}`, mendOf(one), where));
}

const lack = ({ isLogging }: VisibleTrail) =>
  isLogging ? 'does not select management events that write' : 'is not logging';

function mendOf({ name, arn, isOwn, homeRegion, isLogging, selectors }: VisibleTrail): string {
  const trail = isOwn ? name : arn;
  if (!isLogging) return `aws cloudtrail start-logging --name ${trail} --region ${homeRegion}`;
  const wanted = selectors === null ? null : withAllManagementEvents(selectors);
  if (wanted === null) return `let ${trail} select management events too, or make a second trail that does`;
  const [flag, list] =
    wanted.advanced.length > 0 ? ['--advanced-event-selectors', wanted.advanced] : ['--event-selectors', wanted.basic];
  return `aws cloudtrail put-event-selectors --trail-name ${trail} ${flag} '${JSON.stringify(list)}' --region ${homeRegion}`;
}

function missing(seen: readonly VisibleTrail[], { home }: Deployment): string {
  const own = seen.find(({ isOwn }) => isOwn);
  if (own !== undefined)
    return `aws cloudtrail update-trail --name ${own.name} --is-multi-region-trail --region ${own.homeRegion}`;
  return `aws cloudtrail create-trail --name management-events --s3-bucket-name BUCKET --is-multi-region-trail --region ${home} && aws cloudtrail start-logging --name management-events --region ${home}`;
}
