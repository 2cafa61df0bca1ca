import { describe, expect, test } from '@jest/globals';
import { inventoryTypes, subjects } from '../../../shared/engine/sweep/inventory.ts';
import { Deadline, delays } from '../../../shared/retry.ts';
import { testEngine } from '../../support/engine.ts';
import {
  ACCOUNT,
  account,
  accountClosed,
  barrelKept,
  crate,
  crateClosed,
  crateLocked,
  HOME,
  Warehouse,
} from '../../support/fake-inventory.ts';
import { named } from '../../support/fake-resource.ts';

const scope = { service: 'warehouse', accountId: ACCOUNT, region: HOME };
const controls = [crateClosed, accountClosed, barrelKept];

describe('types', () => {
  const engine = testEngine(new Warehouse({}).aws);
  const typesIn = (region: string, service = 'warehouse') =>
    [...inventoryTypes({ ...scope, service, region }, { controls, home: HOME }, engine)].map(([type]) => type);

  test('those of the service; what belongs to no region in the home region only', () => {
    expect(typesIn(HOME)).toEqual([crate.type, account.type, barrelKept.resource.type]);
    expect(typesIn('us-east-1')).toEqual([crate.type, barrelKept.resource.type]);
    expect(typesIn(HOME, 'shop')).toEqual([]);
  });

  test('by the controls that are asked for; the others are siblings', () => {
    const selection = { controls: [crateClosed], catalogue: [crateClosed, crateLocked], home: HOME };
    expect(inventoryTypes(scope, selection, engine).get(crate.type)).toEqual({
      resource: crate,
      controls: [crateClosed],
      siblings: [crateClosed, crateLocked],
    });
  });
});

describe('pages', () => {
  const pagesOf = async (warehouse: Warehouse, from: string | null = null) => {
    const type = { resource: crate, controls: [crateClosed], siblings: [crateClosed] };
    const pace = { deadline: new Deadline(warehouse.clock, Number.POSITIVE_INFINITY), backoff: delays(1, 1) };
    const pages = await Array.fromAsync(subjects(type, scope, testEngine(warehouse.aws), pace, from));
    return pages.map(({ subjects, next }) => [subjects.map(({ ref }) => ref.resourceId).join(' '), next]);
  };
  const three = () => new Warehouse({ 'c-1': {}, 'c-2': {}, 'c-3': {} });

  test('from a cursor on, each with the cursor of the next', async () => {
    expect(await pagesOf(three())).toEqual([
      ['c-1 c-2', '2'],
      ['c-3', null],
    ]);
    expect(await pagesOf(three(), '2')).toEqual([['c-3', null]]);
    expect(await pagesOf(new Warehouse({}))).toEqual([['', null]]);
  });

  test('each resource with what the listing has read, in its own region', async () => {
    const warehouse = three();
    const list = crate.list.bind(crate);
    const elsewhere = {
      ...crate,
      async *list(...given: Parameters<typeof list>) {
        for await (const { items, next } of list(...given))
          yield { items: items.map((item) => ({ ...item, region: 'us-east-1' })), next };
      },
    };
    const type = { resource: elsewhere, controls: [], siblings: [] };
    const pace = { deadline: new Deadline(warehouse.clock, 0), backoff: delays() };
    const [page] = await Array.fromAsync(subjects(type, scope, testEngine(warehouse.aws), pace, null));
    expect(page?.subjects[0]).toMatchObject({
      ref: { resourceType: crate.type, resourceId: 'c-1', accountId: ACCOUNT, region: 'us-east-1' },
      known: { lid: { open: false } },
    });
  });

  test('a page that is throttled is asked for again, and no page twice', async () => {
    const warehouse = three();
    warehouse.errors.set('AWS::W::Crate 2', [named('RequestLimitExceeded'), named('RequestLimitExceeded')]);
    expect((await pagesOf(warehouse)).map(([ids]) => ids)).toEqual(['c-1 c-2', 'c-3']);
    expect(warehouse.log).toEqual([0, 2, 2, 2].map((at) => `list AWS::W::Crate ${at}`));
  });

  test('where no try is left, and where the error does not pass, it is thrown', async () => {
    for (const [name, times] of [
      ['RequestLimitExceeded', 3],
      ['AccessDenied', 1],
    ] as const) {
      const warehouse = three();
      warehouse.errors.set(
        'AWS::W::Crate 2',
        Array.from({ length: times }, () => named(name)),
      );
      await expect(pagesOf(warehouse)).rejects.toThrow(name);
    }
  });

  test('a cursor that is not taken any more begins the listing anew, once', async () => {
    const warehouse = three();
    warehouse.errors.set('AWS::W::Crate 2', [named('InvalidNextToken')]);
    expect((await pagesOf(warehouse, '2')).map(([ids]) => ids)).toEqual(['c-1 c-2', 'c-3']);
    warehouse.errors.set('AWS::W::Crate 2', [named('InvalidNextToken'), named('InvalidNextToken')]);
    await expect(pagesOf(warehouse, '2')).rejects.toThrow('InvalidNextToken');
  });
});
