import { describe, expect, test } from '@jest/globals';
import { loadContent, ROOT } from '../scripts/catalogue.ts';
import { byDomain } from '../scripts/generate/content.ts';
import { patternsFor, triggersOf } from '../scripts/generate/patterns.ts';
import type { AnyControl, AnyResource } from '../shared/control.ts';
import { changesIn } from '../shared/engine/intake/parse-event.ts';
import { route } from '../shared/engine/intake/route.ts';
import type { JsonObject } from '../shared/event.ts';
import { concernedBy, controlsOf, type ServiceEntry } from '../shared/lambda/service-table.ts';
import type { Trigger } from '../shared/resource.ts';
import { type EventPattern, matches } from './support/event-pattern.ts';
import { answering } from './support/predicted-events/answers.ts';
import { envelopesOf } from './support/predicted-events/envelopes.ts';
import type { Subject } from './support/predicted-events/service-events.ts';
import { another, fileOf, subjectOf, typeKey, unusedEntries } from './support/predicted-events/world.ts';
import { REGION, SAMPLE_ACCOUNT, sampleEvent } from './support/samples.ts';

// Every event of every trigger, made from the SDK's model and what CloudTrail is known to make of it, instead of from
// what our resources read: let in by the rules, brought to its resource by the intake, and waking all that it concerns.

const content = await loadContent();
const controlsOfType = Map.groupBy(content.controls, ({ resource }) => resource as AnyResource);
const resources = [...controlsOfType.keys()].sort((a, b) => (typeKey(a) < typeKey(b) ? -1 : 1));
/** Where the deployment lives; resources without a region are read there. */
const HOME = 'eu-north-1';

/** A domain's own rules, and the services that its function loads for an event. */
const domains = new Map(
  await Promise.all(
    [...byDomain(content)].map(async ([domain, own]) => {
      const text = JSON.stringify(patternsFor(own)).replaceAll('{"Ref":"AWS::AccountId"}', `"${SAMPLE_ACCOUNT}"`);
      const { services } = (await import(`${ROOT}functions/${domain}/services.ts`)) as {
        readonly services: readonly ServiceEntry[];
      };
      return [domain, { patterns: JSON.parse(text) as readonly EventPattern[], services }] as const;
    }),
  ),
);

/** A trigger's event by one of its sources and names: `iam.amazonaws.com CreateUser`, `aws.acm ACM Certificate Expired`. */
const eventsOf = (trigger: Trigger): readonly string[] =>
  trigger.kind === 'call'
    ? trigger.eventSources.flatMap((source) => trigger.eventNames.map((name) => `${source} ${name}`))
    : [`${trigger.source} ${trigger.detailType}`];
const everyEventOf = (resource: AnyResource) => [
  ...new Set((resource.triggers as readonly Trigger[]).flatMap(eventsOf)),
];

/** The controls that one of the type's triggers wakes by this event. */
const wokenBy = (resource: AnyResource, event: string): readonly string[] =>
  (controlsOfType.get(resource) ?? [])
    .filter((control: AnyControl) => triggersOf(control).some((trigger) => eventsOf(trigger).includes(event)))
    .map(({ id }) => id)
    .sort();

/** What the rules, the function of the type's domain and the intake make of an event. */
async function madeOf(event: JsonObject, resource: AnyResource, subject: Subject) {
  const domain = domains.get(resource.service.domain);
  const [change, ...others] = changesIn(event);
  if (domain === undefined || change === undefined) throw new Error('nothing was read, or nobody is there to read it');
  const { subjects, unreadable } = await route(change, {
    controls: await controlsOf(concernedBy(change, domain.services)),
    aws: () => answering(subject),
    fallback: { accountId: '', region: '' },
    home: HOME,
  });
  const own = subjects.filter((found) => found.resource === resource);
  return {
    isLetIn: domain.patterns.some((pattern) => matches(pattern, event)),
    others,
    unreadable: unreadable.map(String).filter((message) => message.includes(`the ${resource.type} of`)),
    found: own
      .map(({ ref, controls }) => ({ ref, controls: controls.map(({ id }) => id).sort() }))
      .toSorted((a, b) => (a.ref.resourceId < b.ref.resourceId ? -1 : 1)),
  };
}

/** What it has to be: let in, and all that it can concern woken for these resources, in their place. */
const expectedOf = (name: string, resource: AnyResource, ids: readonly string[]) => ({
  isLetIn: true,
  others: [],
  unreadable: [],
  found: ids.toSorted().map((resourceId) => ({
    ref: {
      resourceType: resource.type,
      resourceId,
      accountId: SAMPLE_ACCOUNT,
      region: resource.global ? HOME : REGION,
    },
    controls: wokenBy(resource, name),
  })),
});

/** Both, where the event names the other one in a list beside it, by its id or by an ARN that ends with it. */
const idsNamed = ({ id }: Subject, event: JsonObject) =>
  JSON.stringify(event).includes(`${another(id)}"`) ? [id, another(id)] : [id];

describe.each(resources.map((resource) => [typeKey(resource), resource] as const))('%s', (_, resource) => {
  const subject = subjectOf(resource);
  const { unmodelled = {} } = subject;

  test.each(everyEventOf(resource).filter((name) => !(name in unmodelled)))(
    'is found by %s, however it is written',
    async (name) => {
      const [eventSource = '', eventName = ''] = name.split(' ');
      const envelopes = await envelopesOf(eventSource, eventName, subject);
      if (envelopes === null)
        throw new Error(`no SDK has a model of it: ${fileOf(resource.service.id)} needs its sample, and why`);
      for (const [how, event] of Object.entries(envelopes))
        expect({ how, ...(await madeOf(event, resource, subject)) }).toEqual({
          how,
          ...expectedOf(name, resource, idsNamed(subject, event)),
        });
    },
  );

  for (const [name, { sample, ids, why }] of Object.entries(unmodelled))
    test(`is found by ${name}, as events/${sample}.json has it: ${why}`, async () => {
      const [eventSource = '', ...words] = name.split(' ');
      expect(await envelopesOf(eventSource, words.join(' '), subject)).toBeNull();
      expect(await madeOf(sampleEvent(sample), resource, subject)).toEqual(expectedOf(name, resource, ids));
    });

  test('wakes every control of its type by some event, and what is said to have no model is an event of it', () => {
    const events = everyEventOf(resource);
    const heard = new Set(events.flatMap((name) => wokenBy(resource, name)));
    expect([...heard].sort()).toEqual((controlsOfType.get(resource) ?? []).map(({ id }) => id).sort());
    expect(Object.keys(unmodelled).filter((name) => !events.includes(name))).toEqual([]);
  });
});

test('no line of the account is about a type that there is not', () => {
  const types = new Set(resources.map(typeKey));
  const events = new Set(resources.flatMap(everyEventOf));
  expect(unusedEntries({ types, events })).toEqual([]);
});

/** Lambda's older operations carry the date of their API in the event's name; which records do is only measured. */
test('Lambda is heard with the version in the name and without', () => {
  const names = new Set(
    resources.filter(({ service }) => service.id === 'lambda').flatMap((resource) => everyEventOf(resource)),
  );
  const bare = [...names].filter((name) => !/\d{8}/.test(name));
  expect(bare.length).toBeGreaterThan(0);
  for (const name of names) expect(names).toContain(name.replace(/\d{8}(v\d+)?$/, ''));
  for (const name of bare) expect([...names].filter((one) => one.startsWith(`${name}20`))).not.toEqual([]);
});
