import { describe, expect, test } from '@jest/globals';
import type { AnyControl, AnyResource } from '../../shared/control.ts';
import { compliant, defineControl, serviceOf } from '../../shared/control.ts';
import { changesIn } from '../../shared/engine/intake/parse-event.ts';
import { route } from '../../shared/engine/intake/route.ts';
import { type Aws, everyListed, type Facets, type ResourceRef } from '../../shared/resource.ts';
import { iamActionsOf } from './iam-actions.ts';
import { REGION, SAMPLE_ACCOUNT, sampleEvent, type TestAccount } from './sandbox.ts';

interface Cases {
  /** Sample events, `ec2/CreateVolume`, with the ids that a person reads out of them. Every event of the resource needs one, unless it is looked up live (see `lookups`). */
  readonly events: Readonly<Record<string, readonly string[]>>;
  /** Event names whose ids only a look-up tells; they are tried on the local account by the controls' own tests. */
  readonly lookups?: readonly string[];
}

/** A control that asks for every facet, so that routing alone is seen. */
const witness = (resource: AnyResource): AnyControl =>
  defineControl({
    id: 'witness',
    title: 'Looks on',
    severity: 'LOW',
    resource,
    needs: Object.keys(resource.facets),
    securityControlIds: [],
    relatedRequirements: [],
    description: '',
    rationale: '',
    guidance: '',
    impact: 'none',
    recommendedMode: 'detect',
    permissions: {},
    parameters: {},
    evaluate: () => compliant(''),
  });

/** Gives every resource type the same proof: each event names the ids that a person reads out of it, every facet an event can change exists, and links point somewhere. */
export function testResource(resource: AnyResource, { events, lookups = [] }: Cases): void {
  const nobody = (() => {
    throw new Error('no look-up was expected');
  }) as unknown as Aws;

  describe(`${resource.service} ${resource.type}`, () => {
    test.each(Object.entries(events))('events/%s.json names %j', async (name, ids) => {
      const context = { controls: [witness(resource)], aws: () => nobody, fallback: { accountId: '', region: '' } };
      const [change] = changesIn(sampleEvent(name));
      if (change === undefined) throw new Error(`events/${name}.json holds no event`);
      const { subjects, unreadable } = await route(change, context);
      expect(unreadable).toEqual([]);
      expect(subjects.map(({ ref }) => ref.resourceId)).toEqual(ids);
      for (const { ref } of subjects) expect(ref).toMatchObject({ accountId: SAMPLE_ACCOUNT, region: REGION });
    });

    test('has a sample of every event', () => {
      const shown = new Set([...Object.keys(events).map((name) => name.split('/')[1]?.split('.')[0]), ...lookups]);
      expect(Object.keys(resource.events).filter((name) => !shown.has(name))).toEqual([]);
    });

    test('names only facets that exist', () => {
      for (const { facets } of Object.values(resource.events) as { facets: readonly string[] }[])
        for (const facet of facets) expect(Object.keys(resource.facets)).toContain(facet);
    });

    test('has an ARN and a console link', () => {
      const ref: ResourceRef = {
        resourceType: resource.type,
        resourceId: Object.values(events)[0]?.[0] ?? 'x',
        accountId: SAMPLE_ACCOUNT,
        region: REGION,
      };
      expect(resource.arn(ref)).toMatch(/^arn:aws:[a-z0-9-]+:/);
      expect(resource.arn({ ...ref, region: 'cn-north-1' })).toMatch(/^arn:aws(-cn)?:/);
      expect(new URL(resource.consoleUrl(ref)).protocol).toBe('https:');
    });
  });
}

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
      [name]: facet.actions.filter((action) => actions.has(action) || !exceptions.includes(action)).toSorted(),
    });
  }
  const { aws, actions } = watched(account);
  const listed: string[] = [];
  for await (const { resourceId } of everyListed(resource.list(aws, account))) listed.push(resourceId);
  expect(listed).toContain(resourceId);
  for (const action of actions) expect(resource.actions).toContain(action);
}

/** Expects that the facets a listing brings for free are those that `read` gives, for every resource of the type. */
export async function expectListedAsRead(resource: AnyResource, account: TestAccount): Promise<void> {
  const pages = resource.list(account.aws(), account);
  for await (const { resourceId, region = account.region, facets = {} } of everyListed(pages)) {
    const ref: ResourceRef = { resourceType: resource.type, resourceId, accountId: account.accountId, region };
    for (const [name, value] of Object.entries(facets))
      expect({ resourceId, [name]: value }).toEqual({
        resourceId,
        [name]: await resource.facets[name]?.read(account.aws(region), ref),
      });
  }
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
  for (const action of actions) expect([...resource.actions, ...(resource.lookups ?? [])]).toContain(action);
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
