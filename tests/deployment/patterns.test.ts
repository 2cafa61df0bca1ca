import { readdirSync } from 'node:fs';
import { beforeAll, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { loadCatalogue, ROOT } from '../../scripts/catalogue.ts';
import { matches } from '../support/event-pattern.ts';
import { REGION, SAMPLE_ACCOUNT, sampleEvent } from '../support/sandbox.ts';
import { named, ofType, PATIENCE, type Resources, serverless, templateIn } from '../support/serverless.ts';
import { copyOfTree } from '../support/tree.ts';

const catalogue = await loadCatalogue();
const services = [...catalogue.keys()];
/** One for each service, and the one of the schedules. */
const functions = [...services, 'watch'];

let resources: Resources;
/** What stands in each other region. */
let region: { readonly Resources: Resources };
const tree = copyOfTree();
beforeAll(async () => {
  expect(await serverless(tree, ['package'])).toMatchObject({ status: 0 });
  resources = templateIn(tree).Resources;
  // What CloudFormation makes of the names in it.
  const filledIn = JSON.stringify(parse(resources.Forwarding?.Properties.TemplateBody)).replaceAll(
    '{"Fn::Sub":"/${Prefix}-failed-events"}',
    '"/evenkeel-prod-failed-events"',
  );
  region = JSON.parse(filledIn);
}, PATIENCE);

const samples = readdirSync(`${ROOT}events`, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.replaceAll('\\', '/').slice(0, -'.json'.length))
  .sort();

/** The functions that an event wakes, each as often as it is woken: by the rules of the default bus, or of the bus where other regions' changes arrive. */
const wokenBy = (event: unknown, bus: 'default' | 'forwarded' = 'default'): readonly string[] =>
  ofType(resources, 'AWS::Events::Rule')
    .filter(([, { Properties }]) => (Properties.EventBusName === undefined) === (bus === 'default'))
    .filter(([, { Properties }]) => Properties.EventPattern !== undefined && matches(Properties.EventPattern, event))
    .flatMap(([, { Properties }]) => Properties.Targets)
    .map(({ Arn }) => functions.find((name) => Arn['Fn::GetAtt'][0] === named(name, 'Queue')) ?? 'nobody');

/** How often another region forwards an event. */
const forwarded = (event: unknown): number =>
  ofType(region.Resources, 'AWS::Events::Rule').filter(([, { Properties }]) => matches(Properties.EventPattern, event))
    .length;

const altered = (name: string, change: object) => {
  const event = sampleEvent(name);
  return { ...event, detail: { ...(event.detail as object), ...change } };
};

test.each(samples)('events/%s.json wakes its own function, once, at home and from another region', (name) => {
  const own = [name.split('/')[0]];
  expect(wokenBy(sampleEvent(name))).toEqual(own);
  expect(wokenBy(sampleEvent(name), 'forwarded')).toEqual(own);
  expect(forwarded(sampleEvent(name))).toBe(1);
});

test.each(samples)('nobody, where %s failed, only reads, or is of another service', (name) => {
  const nobody = (event: unknown) => expect([...wokenBy(event), ...wokenBy(event, 'forwarded')]).toEqual([]);
  for (const errorCode of ['Client.UnauthorizedOperation', '']) {
    nobody(altered(name, { errorCode }));
    expect(forwarded(altered(name, { errorCode }))).toBe(0);
  }
  const { detail } = sampleEvent(name) as { detail: { eventName: string } };
  const read = detail.eventName.replace(/^[A-Z][a-z]+/, 'Describe');
  for (const event of [
    altered(name, { eventName: read, readOnly: true }),
    altered(name, { eventSource: 'quantum.amazonaws.com' }),
    { ...sampleEvent(name), 'detail-type': 'AWS Console Sign In via CloudTrail' },
  ]) {
    nobody(event);
    expect(forwarded(event)).toBe(0);
  }
});

const types = new Set([...catalogue.values()].flat().map(({ resource }) => resource.type as string));
test.each([...types].sort())('AWS Config on %s wakes the functions that judge it, once', (resourceType) => {
  const judges = services.filter((service) =>
    catalogue.get(service)?.some(({ resource }) => resource.type === resourceType),
  );
  const about = { resourceType, resourceId: 'x', awsAccountId: SAMPLE_ACCOUNT, awsRegion: REGION };
  const fromConfig = (kind: string, detail: object) => ({ source: 'aws.config', 'detail-type': kind, detail });
  for (const event of [
    fromConfig('Config Configuration Item Change', { configurationItem: about }),
    fromConfig('Config Configuration Item Change', { configurationItemSummary: about }),
    fromConfig('Config Rules Compliance Change', about),
  ]) {
    expect(wokenBy(event).toSorted()).toEqual(judges.toSorted());
    expect(wokenBy(event, 'forwarded').toSorted()).toEqual(judges.toSorted());
    expect(forwarded(event)).toBe(1);
  }
  const other = fromConfig('Config Rules Compliance Change', { ...about, resourceType: 'AWS::EC2::Fleet' });
  expect([...wokenBy(other), ...wokenBy(other, 'forwarded')]).toEqual([]);
  expect(forwarded(other)).toBe(0);
});

test('our own events wake the function of their service, and only at home', () => {
  for (const service of services)
    for (const detailType of ['Evenkeel Recheck', 'Evenkeel Sweep']) {
      const event = { source: 'evenkeel', 'detail-type': detailType, detail: { service } };
      expect(wokenBy(event)).toEqual([service]);
      expect(wokenBy(event, 'forwarded')).toEqual([]);
      expect(forwarded(event)).toBe(0);
    }
});

test('a heartbeat wakes the watch from every region, and another queue that is tagged nobody', () => {
  const tagged = (queue: string) => ({
    source: 'aws.sqs',
    'detail-type': 'AWS API Call via CloudTrail',
    detail: {
      eventSource: 'sqs.amazonaws.com',
      eventName: 'TagQueue',
      requestParameters: { queueUrl: `https://sqs.eu-west-1.amazonaws.com/${SAMPLE_ACCOUNT}/${queue}` },
    },
  });
  const beat = tagged('evenkeel-prod-failed-events');
  expect(wokenBy(beat)).toEqual(['watch']);
  expect(wokenBy(beat, 'forwarded')).toEqual(['watch']);
  expect(forwarded(beat)).toBe(1);
  expect([...wokenBy(tagged('others')), ...wokenBy(tagged('others'), 'forwarded')]).toEqual([]);
});

test('no pattern is longer than EventBridge takes, and no rule loses what its queue does not take', () => {
  const rules = [...ofType(resources, 'AWS::Events::Rule'), ...ofType(region.Resources, 'AWS::Events::Rule')];
  for (const [, { Properties }] of rules) {
    expect(JSON.stringify(Properties.EventPattern ?? {}).length).toBeLessThan(2048);
    expect(Properties.Targets).toHaveLength(1);
    expect(Properties.Targets[0]).toMatchObject({
      DeadLetterConfig: { Arn: { 'Fn::GetAtt': [expect.stringMatching(/^(DeadLetterQueue|FailedEvents)$/), 'Arn'] } },
      RetryPolicy: { MaximumEventAgeInSeconds: 86_400 },
    });
  }
});
