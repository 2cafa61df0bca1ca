import { type Evaluation, nonCompliant, notApplicable } from '../../control.ts';
import { FOREIGN, Unreadable } from '../../resource.ts';
import { CIS_PATTERNS, type CisPatternId } from '../logs/cis-patterns.ts';

/** A multi-region trail, and the alarms on what it delivers to its log group. */
export interface AlarmedTrail {
  readonly name: string;
  /** Another account owns it: it is the organization's. */
  readonly isForeign: boolean;
  /** It logs, and selects every management event but those of the sources in `excluded`. */
  readonly recordsAll: boolean;
  readonly excluded: readonly string[];
  /** Null where it delivers to none. */
  readonly logGroup: LogGroupPlace | typeof FOREIGN | null;
  readonly filters: readonly AlarmedFilter[];
}

/** The log group of a trail of our own. */
export interface LogGroupPlace {
  readonly name: string;
  readonly region: string;
}

export interface AlarmedFilter {
  readonly name: string;
  /** Null where its pattern is none of the benchmark's. */
  readonly detects: CisPatternId | null;
  readonly metric: Metric;
  readonly alarms: readonly MetricAlarmState[] | Unreadable;
}

export interface Metric {
  readonly namespace: string;
  readonly name: string;
}

export interface MetricAlarmState {
  readonly name: string;
  readonly actionsEnabled: boolean;
  /** Of each topic that it notifies, whether somebody has confirmed a subscription. */
  readonly topics: readonly (boolean | Unreadable)[];
}

/** A trail whose log group takes metric filters of ours. */
export type UsableTrail = AlarmedTrail & { readonly logGroup: LogGroupPlace };

export const isUsable = (trail: AlarmedTrail | Unreadable): trail is UsableTrail =>
  !(trail instanceof Unreadable) &&
  !trail.isForeign &&
  trail.recordsAll &&
  trail.logGroup !== null &&
  trail.logGroup !== FOREIGN;

/** What can be missing between an event and a person, from the first link on. */
const LINKS = ['events', 'metric filter', 'alarm', 'enabled action', 'confirmed subscriber'] as const;
export type MissingLink = (typeof LINKS)[number];

/** A chain that is whole, the link that it lacks, or a link that could not be read. */
type Chain = 'whole' | MissingLink | Unreadable;

/** The best of several chains: a whole one is enough; one that could not be read may be whole; else the one that reaches farthest. */
function best(chains: readonly Chain[], none: MissingLink): Chain {
  const rank = (chain: Chain) =>
    chain === 'whole' ? 9 : chain instanceof Unreadable ? 8 : LINKS.indexOf(chain as MissingLink);
  return chains.reduce((one, other) => (rank(other) > rank(one) ? other : one), none as Chain);
}

const ofTopic = (isConfirmed: boolean | Unreadable): Chain =>
  isConfirmed instanceof Unreadable ? isConfirmed : isConfirmed ? 'whole' : 'confirmed subscriber';

const ofAlarm = ({ actionsEnabled, topics }: MetricAlarmState): Chain =>
  actionsEnabled ? best(topics.map(ofTopic), 'confirmed subscriber') : 'enabled action';

const ofFilter = ({ alarms }: AlarmedFilter): Chain =>
  alarms instanceof Unreadable ? alarms : best(alarms.map(ofAlarm), 'alarm');

function ofTrail({ excluded, filters }: AlarmedTrail, id: CisPatternId): Chain {
  const { source } = CIS_PATTERNS[id];
  if (source !== null && excluded.includes(source)) return 'events';
  return best(filters.filter(({ detects }) => detects === id).map(ofFilter), 'metric filter');
}

/** How far what a pattern selects gets, by the trail on which it gets farthest. A trail that could not be read may have all of it. */
export const chainOf = (id: CisPatternId, trails: readonly (AlarmedTrail | Unreadable)[]): Chain =>
  best(
    trails.flatMap((trail) => (trail instanceof Unreadable ? [trail] : isUsable(trail) ? [ofTrail(trail, id)] : [])),
    'events',
  );

/** The evaluation of an account that has no usable trail. Throws UnreadableError where one that could not be read may be usable. */
export function withoutTrail(trails: readonly (AlarmedTrail | Unreadable)[]): Evaluation {
  const readable: AlarmedTrail[] = [];
  for (const trail of trails)
    if (trail instanceof Unreadable) throw trail.error;
    else readable.push(trail);
  const elsewhere = readable.find(
    ({ isForeign, recordsAll, logGroup }) => !isForeign && recordsAll && logGroup === FOREIGN,
  );
  if (elsewhere !== undefined)
    return nonCompliant(`${elsewhere.name} delivers to a log group of another account, whose filters are not shown.`);
  const foreign = readable.find(({ isForeign }) => isForeign);
  if (foreign !== undefined)
    return notApplicable(`Only ${foreign.name} of another account covers the account: its alarms are there.`);
  return nonCompliant('No multi-region trail that logs every management event delivers to CloudWatch Logs.');
}
