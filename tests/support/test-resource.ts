import { describe, expect, test } from '@jest/globals';
import { consoleUrl } from '../../shared/aws/console-url.ts';
import type { AnyResource } from '../../shared/control.ts';
import { changesIn } from '../../shared/engine/intake/parse-event.ts';
import { route } from '../../shared/engine/intake/route.ts';
import {
  type Aws,
  everyListed,
  type Facets,
  type ResourceRef,
  type Trigger,
  Unreadable,
} from '../../shared/resource.ts';
import { serviceOf } from '../../shared/step.ts';
import { EMPTY_BODIES, withAnswer } from './empty-answers.ts';
import { iamActionsOf } from './iam-actions.ts';
import { REGION, SAMPLE_ACCOUNT, sampleEvent } from './samples.ts';
import type { TestAccount } from './sandbox.ts';
import { witness } from './witness.ts';

interface Cases {
  /** Sample events, `ec2/CreateVolume`, with the ids that a person reads out of them. Every event of the triggers needs one, unless it is looked up live (see `lookups`). */
  readonly events: Readonly<Record<string, readonly string[]>>;
  /** Event names whose ids only a look-up tells; they are tried on the local account by the controls' own tests. */
  readonly lookups?: readonly string[];
  /** The service leaves the list out of its answer where there is nothing to list. */
  readonly hasSilentListing?: true;
}

const namesOf = (trigger: Trigger): readonly string[] =>
  trigger.kind === 'call' ? trigger.eventNames : [trigger.detailType];
const sourcesOf = (trigger: Trigger): readonly string[] =>
  trigger.kind === 'call' ? trigger.eventSources : [trigger.source];

/** How a read says that the answer was none: in our words, or in the SDK's own. */
const NO_ANSWER = /^IncompleteAnswerError: |^SyntaxError: |parse error/;

/** Gives every resource type the same proof: each event names the ids that a person reads out of it, every facet an event can change exists, and links point somewhere. */
export function testResource(resource: AnyResource, { events, lookups = [], hasSilentListing }: Cases): void {
  const nobody = (() => {
    throw new Error('no look-up was expected');
  }) as unknown as Aws;

  const triggers: readonly Trigger[] = resource.triggers;
  const home = 'eu-north-1';

  describe(`${resource.service.id} ${resource.type}`, () => {
    // A type that no event names (what other plans stand on) has no samples, and jest takes no empty table.
    for (const [name, ids] of Object.entries(events))
      test(`events/${name}.json names ${JSON.stringify(ids)}`, async () => {
        const fallback = { accountId: '', region: '' };
        const context = { controls: [witness(resource)], aws: () => nobody, fallback, home };
        const [change] = changesIn(sampleEvent(name));
        if (change === undefined) throw new Error(`events/${name}.json holds no event`);
        const { subjects, unreadable } = await route(change, context);
        expect(unreadable).toEqual([]);
        expect(subjects.map(({ ref }) => ref.resourceId)).toEqual(ids);
        const place = { accountId: SAMPLE_ACCOUNT, region: resource.global ? home : REGION };
        for (const { ref } of subjects) expect(ref).toMatchObject(place);
      });

    test('has a sample of every event', () => {
      const shown = new Set(lookups);
      for (const change of Object.keys(events).flatMap((name) => changesIn(sampleEvent(name))))
        if (change.kind === 'call') shown.add(change.record.eventName);
        else if (change.kind === 'event') shown.add(change.record.detailType);
      expect(triggers.flatMap(namesOf).filter((name) => !shown.has(name))).toEqual([]);
    });

    test('names only facets that exist, and sources that its service knows', () => {
      for (const trigger of triggers) {
        for (const facet of trigger.facets) expect(Object.keys(resource.facets)).toContain(facet);
        for (const source of sourcesOf(trigger)) expect(resource.service.eventSources).toContain(source);
        expect(trigger.ids ?? trigger.find).toBeDefined();
      }
    });

    test('names an event once for a facet', () => {
      const pairs = triggers.flatMap((trigger) =>
        sourcesOf(trigger).flatMap((source) =>
          namesOf(trigger).flatMap((name) => trigger.facets.map((facet) => `${source} ${name} ${facet}`)),
        ),
      );
      expect(pairs.filter((pair, index) => pairs.indexOf(pair) !== index)).toEqual([]);
    });

    test.each([
      ['eu-west-1', 'aws'],
      ['cn-north-1', 'aws-cn'],
      ['us-gov-west-1', 'aws-us-gov'],
    ])('has an ARN and a console link in %s', (region, partition) => {
      const resourceId = Object.values(events)[0]?.[0]?.replace(/^arn:aws:/, `arn:${partition}:`) ?? 'x';
      const ref: ResourceRef = { resourceType: resource.type, resourceId, accountId: SAMPLE_ACCOUNT, region };
      expect(resource.arn(ref)).toMatch(new RegExp(`^arn:${partition}:[a-z0-9-]+:`));
      const link = new URL(resource.consoleUrl(ref));
      expect(link.origin).toBe(new URL(consoleUrl(region, '')).origin);
      expect(link.searchParams.get('region')).toBe(region);
    });

    test.each(EMPTY_BODIES)('takes no state from an answer that says nothing: %j', async (body) => {
      const resourceId = Object.values(events)[0]?.[0] ?? 'x';
      const ref: ResourceRef = { resourceType: resource.type, resourceId, accountId: SAMPLE_ACCOUNT, region: REGION };
      const reads = { ...resource.facets, ...(resource.ownership ? { ownership: resource.ownership } : {}) };
      await withAnswer(body, async (aws) => {
        for (const [name, { read }] of Object.entries(reads as Facets))
          expect(await read(aws, ref).then((state) => unreadableOr({ [name]: state }), String)).toMatch(NO_ANSWER);
      });
    });

    const account = { accountId: SAMPLE_ACCOUNT, region: REGION };
    const saysNothing = ['', '{}'];

    test.each(EMPTY_BODIES.filter((body) => hasSilentListing !== true || !saysNothing.includes(body)))(
      'lists nothing by an answer that says nothing: %j',
      async (body) => {
        const listed = await withAnswer(body, (aws) =>
          Array.fromAsync(everyListed(resource.list(aws, account))).catch(String),
        );
        // What an account has one of is listed without a call.
        if (typeof listed === 'string') expect(listed).toMatch(NO_ANSWER);
        else expect(listed).toEqual([{ resourceId: SAMPLE_ACCOUNT }]);
      },
    );

    test('can be named by AWS Config where its ids are others', () => {
      expect(resource.configIdOf === undefined).toBe(resource.identify === undefined);
    });
  });
}

/** Why a part of a state could not be read, where that is a value. */
const unreadableOr = (read: Readonly<Record<string, unknown>>) => {
  const parts = Object.values(read).flatMap((state) => Object.values(Object(state)));
  const unreadable = parts.find((part) => part instanceof Unreadable);
  return unreadable === undefined ? read : String(unreadable.error.cause);
};

/** Reads every facet of a live resource and lists its type, and expects the declared IAM actions to be those of the calls made. `exceptions` names actions that this state of the resource does not call for. */
export async function expectDeclaredReads(
  resource: AnyResource,
  resourceId: string,
  account: TestAccount,
  exceptions: readonly string[] = [],
): Promise<void> {
  const ref: ResourceRef = {
    resourceType: resource.type,
    resourceId,
    accountId: account.accountId,
    region: account.region,
  };
  for (const [name, facet] of Object.entries(resource.facets as Facets)) {
    const { aws, actions } = watched(account);
    await facet.read(aws, ref);
    expect({ [name]: [...actions].sort() }).toEqual({
      [name]: Object.keys(facet.grants)
        .filter((action) => actions.has(action) || !exceptions.includes(action))
        .toSorted(),
    });
  }
  const { aws, actions } = watched(account);
  const listed: string[] = [];
  for await (const { resourceId } of everyListed(resource.list(aws, account))) listed.push(resourceId);
  expect(listed).toContain(resourceId);
  for (const action of actions) expect(Object.keys(resource.grants)).toContain(action);
}

/** Expects that the facets a listing brings for free are those that `read` gives, for every resource of the type; gives the names of these facets. */
export async function expectListedAsRead(resource: AnyResource, account: TestAccount): Promise<readonly string[]> {
  const free = new Set<string>();
  const pages = resource.list(account.aws(), account);
  for await (const { resourceId, region = account.region, facets = {} } of everyListed(pages)) {
    const ref: ResourceRef = { resourceType: resource.type, resourceId, accountId: account.accountId, region };
    for (const [name, value] of Object.entries(facets)) {
      free.add(name);
      expect({ resourceId, [name]: value }).toEqual({
        resourceId,
        [name]: await resource.facets[name]?.read(account.aws(region), ref),
      });
    }
  }
  return [...free].sort();
}

/** The ids that an event leads to on the account, looked up live where the event does not name them, with no more than the declared IAM actions. */
export async function idsFrom(resource: AnyResource, event: unknown, account: TestAccount): Promise<readonly string[]> {
  const { aws, actions } = watched(account);
  const [change] = changesIn(event);
  if (change === undefined) throw new Error('the input holds no event');
  const { subjects, unreadable } = await route(change, {
    controls: [witness(resource)],
    aws: () => aws,
    fallback: account,
  });
  expect(unreadable).toEqual([]);
  const triggers = resource.triggers.filter((trigger) => namesOf(trigger).includes(change.eventName ?? ''));
  const granted = triggers.flatMap(({ grants = {} }) => Object.keys(grants));
  for (const action of actions) expect(granted).toContain(action);
  return subjects.map(({ ref }) => ref.resourceId);
}

/** The account's clients, with the IAM action of every call kept. */
function watched(account: TestAccount): { aws: Aws; actions: Set<string> } {
  const actions = new Set<string>();
  const aws = ((client: never, region?: string) => {
    const made = account.aws()(client, region) as {
      middlewareStack: { clone(): unknown };
      send(command: object, ...rest: unknown[]): unknown;
    };
    return new Proxy(made, {
      get(target, key) {
        const value = Reflect.get(target, key, target);
        if (key !== 'send') return typeof value === 'function' ? value.bind(target) : value;
        return (command: object, ...rest: unknown[]) => {
          const operation = command.constructor.name.replace(/Command$/, '');
          for (const action of iamActionsOf(serviceOf(client), operation)) actions.add(action);
          return target.send(command, ...rest);
        };
      },
    });
  }) as Aws;
  return { aws, actions };
}
