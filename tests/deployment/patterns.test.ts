import { readdirSync } from 'node:fs';
import { beforeAll, expect, test } from '@jest/globals';
import { loadContent, ROOT } from '../../scripts/catalogue.ts';
import { byDomain } from '../../scripts/generate/content.ts';
import { changesIn } from '../../shared/engine/intake/parse-event.ts';
import { matches } from '../support/event-pattern.ts';
import { packaged, VARIANTS } from '../support/packages.ts';
import { REGION, SAMPLE_ACCOUNT, sampleEvent } from '../support/samples.ts';
import { named, ofType, PATIENCE, type Resources } from '../support/serverless.ts';

const content = await loadContent();
const domains = [...byDomain(content).keys()];
/** One for each domain, and the one of the schedules. */
const functions = [...domains, 'watch'];
const domainOf = (service: string) =>
  content.controls.find(({ resource }) => resource.service.id === service)?.resource.service.domain;

let resources: Resources;
/** What stands in each other region. */
let region: { readonly Resources: Resources };
beforeAll(async () => {
  const { Resources } = (await packaged(VARIANTS.plain)).template;
  // What CloudFormation makes of the names in them.
  const filledIn = (text: string) =>
    JSON.parse(
      text
        .replaceAll('{"Fn::Sub":"/${Prefix}-failed-events"}', '"/evenkeel-prod-failed-events"')
        .replaceAll('{"Ref":"AWS::AccountId"}', `"${SAMPLE_ACCOUNT}"`),
    );
  resources = filledIn(JSON.stringify(Resources));
  region = filledIn(Resources.Forwarding?.Properties.TemplateBody);
}, PATIENCE);

const all = readdirSync(`${ROOT}events`, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.replaceAll('\\', '/').slice(0, -'.json'.length))
  .sort();
const isCall = (name: string) => 'eventName' in (sampleEvent(name) as { readonly detail: object }).detail;
/** Of the controls: calls, and events that are none. */
const isByRoot = (name: string) => JSON.stringify(sampleEvent(name)).includes('"userIdentity":{"type":"Root"');
const samples = all.filter((name) => !name.startsWith('detections/') && !isByRoot(name));
const calls = samples.filter(isCall);
/** What detections may want to hear of too, whichever way: it may come twice. */
const ofDetections = all.filter((name) => name.startsWith('detections/') || isByRoot(name));

const rulesOn = (bus: 'default' | 'own') =>
  ofType(resources, 'AWS::Events::Rule')
    .map(([, { Properties }]) => Properties)
    .filter(({ EventBusName }) => (EventBusName === undefined) === (bus === 'default'))
    .filter(({ EventPattern }) => EventPattern !== undefined);

/** The functions whose queues get an event by the rules of our own bus, each as often as it gets it. */
const wokenBy = (event: unknown): readonly string[] =>
  rulesOn('own')
    .filter(({ EventPattern }) => matches(EventPattern, event))
    .flatMap(({ Targets }) => Targets)
    .map(({ Arn }) => functions.find((name) => Arn['Fn::GetAtt'][0] === named(name, 'Queue')) ?? 'nobody');

/** How often an event is handed on to our own bus: at home, and in another region. */
const forwarded = (event: unknown): readonly [home: number, elsewhere: number] => [
  rulesOn('default').filter(({ EventPattern }) => matches(EventPattern, event)).length,
  ofType(region.Resources, 'AWS::Events::Rule').filter(([, { Properties }]) => matches(Properties.EventPattern, event))
    .length,
];

const ONCE = [1, 1];
const NEVER = [0, 0];

const nobodyGets = (event: unknown) => {
  expect(wokenBy(event)).toEqual([]);
  expect(forwarded(event)).toEqual(NEVER);
};

const altered = (name: string, change: object) => {
  const event = sampleEvent(name);
  return { ...event, detail: { ...(event.detail as object), ...change } };
};

/** A bucket is judged by the trails that deliver into it: their calls wake the domain of buckets too. */
const isOfLogs = (name: string) => /\/(Create|Update)Trail(\.|$)/.test(name);
/** A database is in subnets, which the routes of their VPC may make public; a table that can be deleted holds for none. */
const isOfRoutes = (name: string) => /^(ec2|rds)\/(?!DeleteRouteTable)\w*Route/.test(name);
/** What a plan backs up is of several domains. */
const isOfBackup = (name: string) => /\/((Create|Delete)Backup(Selection|Plan)|BackupJobStateChange)(\.|$)/.test(name);
/** With a topic go the messages of its alarms. */
const isOfTopics = (name: string) => /\/DeleteTopic(\.|$)/.test(name);
/** Whose function an event is for. */
function wokenFor(name: string): readonly (string | undefined)[] {
  if (isOfLogs(name)) return [domainOf('cloudtrail'), domainOf('s3')];
  if (isOfBackup(name)) return [domainOf('ec2'), domainOf('rds'), domainOf('elasticfilesystem')];
  if (isOfTopics(name)) return [domainOf('sns'), domainOf('cloudtrail')];
  return isOfRoutes(name) ? [domainOf('ec2'), domainOf('rds')] : [domainOf(name.split('/')[0] ?? '')];
}

test.each(samples)(
  'events/%s.json goes to the own bus once, from every region, and from there to its domain',
  (name) => {
    expect(wokenBy(sampleEvent(name)).toSorted()).toEqual(wokenFor(name).toSorted());
    expect(forwarded(sampleEvent(name))).toEqual(ONCE);
  },
);

test.each(calls)(
  'nobody gets %s where it failed, only reads, is of another service or account, or not from AWS',
  (name) => {
    for (const errorCode of ['Client.UnauthorizedOperation', '']) nobodyGets(altered(name, { errorCode }));
    const { detail } = sampleEvent(name) as { detail: { eventName: string } };
    const read = detail.eventName.replace(/^[A-Z][a-z]+/, 'Describe');
    for (const event of [
      altered(name, { eventName: read, readOnly: true }),
      altered(name, { eventSource: 'quantum.amazonaws.com' }),
      { ...sampleEvent(name), 'detail-type': 'AWS API Call' },
      { ...sampleEvent(name), source: 'my.app' },
      { ...sampleEvent(name), account: '999900001111' },
    ])
      nobodyGets(event);
  },
);

test.each(calls)('%s as an event of the service itself goes the same way', (name) => {
  const event = { ...sampleEvent(name), 'detail-type': 'AWS Service Event via CloudTrail' };
  expect(wokenBy(event)).toHaveLength(wokenFor(name).length);
  expect(forwarded(event)).toEqual(ONCE);
});

test.each(samples.filter((name) => !isCall(name)))('nobody gets %s of another account or detail-type', (name) => {
  nobodyGets({ ...sampleEvent(name), account: '999900001111' });
  nobodyGets({ ...sampleEvent(name), 'detail-type': 'Something Else' });
});

test.each(ofDetections)('%s reaches the domain of the detections that describe it, also where it failed', (name) => {
  const event = sampleEvent(name);
  const describing = content.detections.filter(({ describe }) =>
    changesIn(event).some((change) => change.kind === 'call' && describe(change.record) !== null),
  );
  for (const { service } of describing) expect(wokenBy(event)).toContain(service.domain);
  if (describing.length > 0) expect(forwarded(event)).not.toContain(0);
});

const types = new Set(content.controls.map(({ resource }) => resource.type as string));
test.each([...types].sort())('AWS Config on %s reaches the domains that evaluate it, once', (resourceType) => {
  const evaluating = domains.filter((domain) =>
    content.controls.some(({ resource }) => resource.type === resourceType && resource.service.domain === domain),
  );
  const about = { resourceType, resourceId: 'x', awsAccountId: SAMPLE_ACCOUNT, awsRegion: REGION };
  const fromConfig = (kind: string, detail: object) => ({
    source: 'aws.config',
    account: SAMPLE_ACCOUNT,
    'detail-type': kind,
    detail,
  });
  for (const event of [
    fromConfig('Config Configuration Item Change', { configurationItem: about }),
    fromConfig('Config Configuration Item Change', { configurationItemSummary: about }),
    fromConfig('Config Rules Compliance Change', about),
  ]) {
    expect(wokenBy(event).toSorted()).toEqual(evaluating.toSorted());
    expect(forwarded(event)).toEqual(ONCE);
    nobodyGets({ ...event, account: '999900001111' });
  }
  nobodyGets(fromConfig('Config Rules Compliance Change', { ...about, resourceType: 'AWS::EC2::Fleet' }));
  nobodyGets(fromConfig('Config Configuration Snapshot Delivery Status', about));
});

test('our own messages come by no bus: who puts one there reaches nobody', () => {
  for (const domain of domains)
    for (const detailType of ['Evenkeel Recheck', 'Evenkeel Sweep', 'Evenkeel Watch'])
      nobodyGets({
        source: 'evenkeel',
        account: SAMPLE_ACCOUNT,
        'detail-type': detailType,
        detail: { service: domain },
      });
});

test('a heartbeat reaches the watch from every region, and another queue that is tagged nobody', () => {
  const tagged = (queue: string) => ({
    source: 'aws.sqs',
    account: SAMPLE_ACCOUNT,
    'detail-type': 'AWS API Call via CloudTrail',
    detail: {
      eventSource: 'sqs.amazonaws.com',
      eventName: 'TagQueue',
      requestParameters: { queueUrl: `https://sqs.eu-west-1.amazonaws.com/${SAMPLE_ACCOUNT}/${queue}` },
    },
  });
  const beat = tagged('evenkeel-prod-failed-events');
  expect(wokenBy(beat)).toEqual(['watch']);
  expect(forwarded(beat)).toEqual(ONCE);
  nobodyGets(tagged('others'));
});

test('no rule on our own bus hands on to a bus, which EventBridge would not do', () => {
  for (const { Targets } of rulesOn('own')) expect(Targets[0].Arn['Fn::GetAtt'][0]).toMatch(/Queue$/);
  for (const { Targets } of rulesOn('default')) expect(Targets[0].Arn).toEqual({ 'Fn::GetAtt': ['EventBus', 'Arn'] });
});

test('no pattern is longer than EventBridge takes, and no rule loses what its target does not take', () => {
  const rules = [...ofType(resources, 'AWS::Events::Rule'), ...ofType(region.Resources, 'AWS::Events::Rule')];
  for (const [, { Properties }] of rules) {
    expect(JSON.stringify(Properties.EventPattern ?? {}).length).toBeLessThan(2048);
    expect(Properties.Targets).toHaveLength(1);
    expect(Properties.Targets[0]).toMatchObject({
      DeadLetterConfig: { Arn: { 'Fn::GetAtt': [expect.stringMatching(/^(DeadLetterQueue|FailedEvents)$/), 'Arn'] } },
    });
  }
});
