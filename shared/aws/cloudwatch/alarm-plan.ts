import { byHand, type Plan } from '../../control.ts';
import type { Unreadable } from '../../resource.ts';
import type { Step } from '../../step.ts';
import { parseArn } from '../arn.ts';
import { CIS_PATTERNS, type CisPatternId } from '../logs/cis-patterns.ts';
import { type AlarmedTrail, chainOf, isUsable, type UsableTrail } from './alarm-chain.ts';
import { putAlarm, putFilter } from './alarm-steps.ts';

/** CloudWatch Logs takes no more for one log group. */
const MAX_METRIC_FILTERS = 100;

/** How what is missing is to be called, and whom it is to notify. */
export interface AlarmWishes {
  readonly topicArn: string;
  readonly namePrefix: string;
  readonly metricNamespace: string;
  readonly expected: readonly string[];
}

/** What of that is there. */
export interface AlarmPlaces {
  readonly trails: readonly (AlarmedTrail | Unreadable)[];
  /** Whether somebody has confirmed a subscription of the topic; null where no topic is named. */
  readonly isHeard: boolean | null;
  /** The names of wanted alarms that other alarms have. */
  readonly takenNames: readonly string[];
}

/** The name of a pattern's alarm, of its metric filter and of its metric. */
export const nameOf = ({ namePrefix }: Pick<AlarmWishes, 'namePrefix'>, id: string): string => `${namePrefix}${id}`;

/** The trail on which most of it is there already. */
const fullest = (trails: AlarmPlaces['trails']): UsableTrail | undefined =>
  trails.filter(isUsable).toSorted((a, b) => b.filters.filter(isOfCis).length - a.filters.filter(isOfCis).length)[0];
const isOfCis = ({ detects }: { readonly detects: CisPatternId | null }) => detects !== null;

/** The calls that make what is missing for these patterns on one trail: a filter where there is none, and an alarm. */
function stepsFor(id: CisPatternId, { logGroup, filters }: UsableTrail, wishes: AlarmWishes): readonly Step[] {
  const name = nameOf(wishes, id);
  const existing = filters.find(({ detects }) => detects === id);
  const metric = existing?.metric ?? { namespace: wishes.metricNamespace, name };
  const { pattern, requirement } = CIS_PATTERNS[id];
  const about = `CIS AWS Foundations Benchmark ${requirement}: ${id}`;
  return [
    ...(existing === undefined ? [putFilter(logGroup, name, pattern, metric)] : []),
    putAlarm(logGroup, name, about, metric, wishes.topicArn, existing === undefined ? name : null),
  ];
}

/** Why nothing can be made on this trail without a person; null where it can. */
function obstacle(missing: readonly CisPatternId[], trail: UsableTrail, wishes: AlarmWishes, places: AlarmPlaces) {
  const { name, excluded, logGroup, filters } = trail;
  const without = missing.filter((id) => !filters.some(({ detects }) => detects === id));
  const taken = without.map((id) => nameOf(wishes, id)).find((wanted) => filters.some((one) => one.name === wanted));
  const [alarm] = places.takenNames.filter((one) => missing.some((id) => nameOf(wishes, id) === one));
  if (wishes.topicArn === '') return 'The parameter topicArn names no topic.';
  if (parseArn(wishes.topicArn)?.region !== logGroup.region)
    return `An alarm notifies a topic of its own region, and ${name} delivers in ${logGroup.region}.`;
  if (places.isHeard !== true) return 'The topic that topicArn names has no confirmed subscription.';
  if (missing.some((id) => excluded.some((source) => source === CIS_PATTERNS[id].source)))
    return `${name} excludes the events of ${excluded.join(', ')}, and events are charged for.`;
  if (filters.length + without.length > MAX_METRIC_FILTERS)
    return `${logGroup.name} has ${filters.length} metric filters, and takes ${MAX_METRIC_FILTERS}.`;
  if (taken !== undefined) return `The metric filter ${taken} has another pattern, and is not replaced.`;
  if (alarm !== undefined)
    return `The alarm ${alarm} exists and notifies nobody, or is on another metric: it is not replaced. Enable its actions, or set another namePrefix.`;
  return null;
}

/** All that is missing on the trail that has most of it; what is there stays as it is. */
export function planAlarms(wishes: AlarmWishes, places: AlarmPlaces): Plan {
  const trail = fullest(places.trails);
  if (trail === undefined)
    return byHand('Have a multi-region trail of this account deliver to CloudWatch Logs first, in this account.');
  const missing = (wishes.expected as readonly CisPatternId[]).filter(
    (id) => typeof chainOf(id, places.trails) === 'string' && chainOf(id, places.trails) !== 'whole',
  );
  const reason = obstacle(missing, trail, wishes, places);
  return reason === null ? missing.flatMap((id) => stepsFor(id, trail, wishes)) : byHand(reason);
}
