import { type Meter, priceOf } from './prices.ts';

/** What one unit of work takes, as bench/cost.ts counts it. Milliseconds are the local account's. */
export interface Counts {
  readonly sqsRequests: number;
  readonly writeUnits: number;
  readonly readUnits: number;
  readonly publishes: number;
  readonly s3Requests: number;
  /** All calls that the function makes, those above included; most of the others cost nothing but time. */
  readonly calls: number;
  readonly invocations: number;
  readonly milliseconds: number;
  /** What the function writes to its log, without what Lambda adds. */
  readonly logBytes: number;
  /** What stays in the ledger, its index included. */
  readonly keptBytes: number;
}

/** What a bill can be put down to. */
export type Cause = 'standing' | 'heartbeats' | 'changes' | 'sweeps';

/** The units of work, and what each of them is for. */
export const KINDS = {
  compliant: { what: 'a change, and the resource is compliant', cause: 'changes' },
  remediated: { what: 'a change that is remediated', cause: 'changes' },
  detected: { what: 'a change that is only notified', cause: 'changes' },
  slack: { what: 'a notification to Slack', cause: 'changes' },
  beat: { what: 'a beat of all 17 regions', cause: 'heartbeats' },
  heard: { what: 'a region’s heartbeat comes back', cause: 'heartbeats' },
  sweep: { what: 'a sweep of one service in one region', cause: 'sweeps' },
  group: { what: '… each security group in it', cause: 'sweeps' },
  bucket: { what: '… each bucket in it', cause: 'sweeps' },
  day: { what: 'the daily tasks', cause: 'standing' },
} as const satisfies Readonly<Record<string, { readonly what: string; readonly cause: Cause }>>;
export type Kind = keyof typeof KINDS;
/** How large the catalogue was when it was counted. */
export interface Catalogue {
  readonly controls: number;
  readonly detections: number;
  readonly services: number;
  /** Evaluations that AWS Config asks for once a day (`configRules`). */
  readonly dailyRules: number;
}

/** What each unit of work takes, and with how large a catalogue. */
export type Measured = Readonly<Record<Kind, Counts>> & { readonly catalogue: Catalogue };
const kinds = Object.keys(KINDS) as readonly Kind[];

/** An account, in a month. */
export interface Account {
  readonly name: string;
  /** Regions that are enabled (and swept), those that are watched, and those in which something happens. */
  readonly enabled: number;
  readonly watched: number;
  readonly active: number;
  /** Changes that a rule lets through. */
  readonly changes: number;
  readonly resources: number;
  readonly beatsAnHour: number;
  /** AWS Config shows our evaluations (`configRules`). */
  readonly configRules: boolean;
  /** Of the changes: only notified, and remediated; what is assumed where they are not known. */
  readonly shares?: Readonly<Record<'detected' | 'remediated', number>>;
}
const asDeployed = { enabled: 17, watched: 17, beatsAnHour: 4, configRules: false };
export const ACCOUNTS: readonly Account[] = [
  { name: 'small', ...asDeployed, active: 1, changes: 2_000, resources: 500 },
  { name: 'middle', ...asDeployed, active: 4, changes: 50_000, resources: 10_000 },
  { name: 'large', ...asDeployed, active: 17, changes: 1_000_000, resources: 200_000 },
];

/** The same accounts, deployed or set up otherwise. */
export const VARIANTS: readonly (readonly [string, (account: Account) => Account])[] = [
  ['as above', (account) => account],
  [
    '`regions` names only those in use, beside home and us-east-1',
    (account) => ({ ...account, watched: Math.max(2, account.active) }),
  ],
  ['`configRules: true`', (account) => ({ ...account, configRules: true })],
];

/** What is taken for granted; docs/costs.md says so too. */
export const ASSUMED = {
  hours: 730,
  /** Of the changes: only notified, and remediated. */
  detected: 0.02,
  remediated: 0.01,
  /** Of the resources: buckets, which are read one by one. */
  buckets: 0.05,
  /** Milliseconds of a function for itself, and for each call as if it made one after the other; never less than on the local account. */
  millisecondsPerInvocation: 100,
  millisecondsPerCall: 50,
  memoryGb: 0.5,
  /** Sweeps in a month, and daily runs of everything else. */
  sweeps: 30,
  /** Months for which logs are kept, and after which the ledger is looked at. */
  months: 12,
  addresses: 1,
  /** Controls that evaluate a resource. */
  rules: 3,
  eventBytes: 4_000,
  /** Lambda's own lines for an invocation. */
  platformLogBytes: 400,
  /** Lambda asks each queue so often at once, and each time waits so long. */
  pollers: 5,
  pollSeconds: 20,
  /** SQS keeps a data key, and DynamoDB a caller's table key, for this long, in seconds. */
  sqsKeySeconds: 3_600,
  tableKeySeconds: 300,
} as const;

/** What every deployment with Slack holds, however large the catalogue; tests/cli/costs/model.test.ts counts it in the templates. */
export const STANDING = { alarms: 12, queues: 8, ledgerRoles: 7 } as const;

/** Part of a bill. */
export interface Line {
  readonly cause: Cause;
  readonly meter: Meter;
  readonly quantity: number;
}

/** How often each unit of work comes in a month. */
export function monthOf(
  { enabled, watched, changes, resources, beatsAnHour, shares = ASSUMED }: Account,
  { services }: Pick<Catalogue, 'services'>,
): Readonly<Record<Kind, number>> {
  const { buckets, hours, sweeps } = ASSUMED;
  const { detected, remediated } = shares;
  const beats = beatsAnHour * hours;
  return {
    compliant: changes * (1 - detected - remediated),
    remediated: changes * remediated,
    detected: changes * detected,
    slack: changes * (detected + remediated),
    beat: (beats * watched) / 17,
    heard: beats * watched,
    sweep: sweeps * enabled * services,
    group: sweeps * resources * (1 - buckets),
    bucket: sweeps * resources * buckets,
    day: sweeps,
  };
}

/** The bill of a month, line by line. Pure. */
export function linesOf(account: Account, measured: Measured): readonly Line[] {
  const { catalogue } = measured;
  const month = monthOf(account, catalogue);
  const worked = kinds.flatMap((kind) => workLines(KINDS[kind].cause, month[kind], measured[kind]));
  return [
    ...worked,
    ...standingLines(month),
    ...forwardingLines(account, month),
    ...metricLines(month, catalogue),
    ...configLines(account, catalogue),
  ];
}

/** How long a unit of work is taken to last on AWS. */
export function millisecondsOf({ invocations, calls, milliseconds }: Counts): number {
  const { millisecondsPerInvocation, millisecondsPerCall } = ASSUMED;
  return Math.max(milliseconds, invocations * millisecondsPerInvocation + calls * millisecondsPerCall);
}

function workLines(cause: Cause, times: number, counts: Counts): readonly Line[] {
  const { memoryGb, platformLogBytes, months, addresses } = ASSUMED;
  const logGb = (counts.logBytes + counts.invocations * platformLogBytes) / 1e9;
  const keptGb = (counts.keptBytes * months) / 1e9;
  const each: Partial<Record<Meter, number>> = {
    sqsRequest: counts.sqsRequests,
    lambdaRequest: counts.invocations,
    lambdaGbSecond: (millisecondsOf(counts) / 1000) * memoryGb,
    writeUnit: counts.writeUnits,
    readUnit: counts.readUnits,
    ledgerGb: keptGb,
    backupGb: keptGb,
    publish: counts.publishes,
    email: counts.publishes * addresses,
    s3Request: counts.s3Requests,
    logGb,
    logStorageGb: logGb * months,
  };
  return Object.entries(each).map(([meter, quantity]) => ({
    cause,
    meter: meter as Meter,
    quantity: quantity * times,
  }));
}

function standingLines(month: Readonly<Record<Kind, number>>): readonly Line[] {
  const { hours, pollers, pollSeconds, sqsKeySeconds, tableKeySeconds } = ASSUMED;
  const { alarms, queues, ledgerRoles } = STANDING;
  const seconds = hours * 3600;
  const standing: Partial<Record<Meter, number>> = {
    kmsKey: 1,
    // A producer asks twice for each data key and a consumer once; SNS takes a new one for each notification at most.
    kmsRequest:
      (seconds / sqsKeySeconds) * 3 * queues +
      (seconds / tableKeySeconds) * ledgerRoles +
      2 * (month.detected + month.remediated),
    alarm: alarms,
    dashboard: 1,
    sqsRequest: (seconds / pollSeconds) * pollers * queues,
    secret: 1,
    secretCall: Math.min(month.slack, seconds / 300),
  };
  return Object.entries(standing).map(([meter, quantity]) => ({ cause: 'standing', meter: meter as Meter, quantity }));
}

/** Every event goes by our own bus, that of the home region too, and is charged for there as one of one's own; what comes from another region is also transferred. */
function forwardingLines(
  { watched, active, changes }: Account,
  month: Readonly<Record<Kind, number>>,
): readonly Line[] {
  const forwarded = (cause: Cause, quantity: number, regions: number): readonly Line[] => {
    const across = (quantity * (regions - 1)) / regions;
    return [
      { cause, meter: 'event', quantity },
      { cause, meter: 'transferGb', quantity: (across * ASSUMED.eventBytes) / 1e9 },
    ];
  };
  return [...forwarded('changes', changes, active), ...forwarded('heartbeats', month.heard, watched)];
}

/** A metric costs for the hours in which it comes. Those of the heartbeats come by region only where something is wrong; those of the changes are counted as if each came in an hour of its own. */
function metricLines(month: Readonly<Record<Kind, number>>, { controls, detections }: Catalogue): readonly Line[] {
  const { hours, sweeps } = ASSUMED;
  const hoursOf = (times: number, metrics: number) => Math.min(times, hours * metrics);
  const changes =
    hoursOf(month.compliant, 2) +
    hoursOf(month.detected, controls + detections) +
    hoursOf(month.remediated, controls) +
    hoursOf(month.remediated, controls + 1) +
    hoursOf(month.slack, 1);
  return [
    { cause: 'heartbeats', meter: 'metric', quantity: 3 },
    { cause: 'changes', meter: 'metric', quantity: changes / hours },
    { cause: 'sweeps', meter: 'metric', quantity: (2 * sweeps) / hours },
  ];
}

/** What AWS Config charges for because of us. Our rules stand in the home region alone, and look at each change and, once a day, at the settings of the account. */
function configLines({ configRules, changes, active }: Account, { dailyRules }: Catalogue): readonly Line[] {
  const evaluations = (changes / active) * ASSUMED.rules + ASSUMED.sweeps * dailyRules;
  return [...(configRules ? [{ cause: 'changes', meter: 'configEvaluation', quantity: evaluations } as const] : [])];
}

/** US dollars for all lines that `of` picks. */
export const sumOf = (lines: readonly Line[], of: (line: Line) => boolean = () => true): number =>
  lines.filter(of).reduce((sum, { meter, quantity }) => sum + priceOf(meter, quantity), 0);
