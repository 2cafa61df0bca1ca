import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { UnreadableEventError } from '../../../shared/engine/errors.ts';
import { KNOWN_SHAPES } from '../../../shared/engine/intake/parse-event.ts';
import { ACCOUNT, call, group, routed, rulesOf, type World } from '../../support/route-fixture.ts';

describe('where the parameters were too large to record', () => {
  const omitted = { omitted: true, originalSize: 120541 };
  const large = call('ModifySecurityGroupRules', { requestParameters: omitted });

  test('every resource of the type is looked at, in its own region', async () => {
    const { pairs, errors } = await routed(large, { size: 2 });
    expect(pairs).toEqual([...rulesOf('sg-0', ACCOUNT, 'eu-central-1'), ...rulesOf('sg-1')]);
    expect(errors).toEqual([]);
  });

  test('the same where only the answer, which holds the ids, was too large', async () => {
    const create = call('CreateSecurityGroup', { requestParameters: { groupName: 'web' }, responseElements: omitted });
    expect((await routed(create, { size: 2 })).pairs).toHaveLength(6);
  });

  test('but ids that are there are enough', async () => {
    const both = { ...large, responseElements: { groupId: 'sg-1' } };
    expect((await routed(both, { size: 2 })).pairs).toEqual(rulesOf('sg-1'));
  });

  test('as long as there are not too many', async () => {
    expect((await routed(large, { size: 200 })).pairs).toHaveLength(400);
    const { pairs, errors } = await routed(large, { size: 201 });
    expect(pairs).toEqual([]);
    expect(errors).toEqual([expect.stringContaining('run a sweep')]);
  });
});

describe('what could not be told', () => {
  test.each<[string, object, World, RegExp]>([
    [
      'a call without parameters',
      {},
      {},
      /AWS::EC2::SecurityGroup of ModifySecurityGroupRules of ec2.amazonaws.com: .*hold no id/,
    ],
    ['a call that could be looked up, without parameters', { eventName: 'AuthorizeSecurityGroupIngress' }, {}, /no id/],
    ['parameters that are the text null', { requestParameters: 'null' }, {}, /no id/],
    ['parameters without the id', { requestParameters: { groupId: 7 } }, {}, /no id/],
    ['a trigger that throws', { eventName: 'Broken', requestParameters: {} }, {}, /ids broke/],
    [
      'a look-up that is refused',
      { eventName: 'AuthorizeSecurityGroupIngress', requestParameters: { groupName: 'web' } },
      { found: new Error('not authorized') },
      /not authorized/,
    ],
  ])('is said: %s', async (_name, rest, world, says) => {
    const { pairs, errors, unreadable } = await routed(call('ModifySecurityGroupRules', rest), world);
    expect(pairs).toEqual([]);
    expect(errors[0]).toMatch(says);
    expect(unreadable[0]).toBeInstanceOf(UnreadableEventError);
  });

  test('of one trigger leaves what the others name', async () => {
    const { pairs, errors } = await routed(call('Broken', { requestParameters: { groupId: 'sg-1' } }));
    expect(errors).toEqual([expect.stringContaining('ids broke')]);
    expect(pairs.map((pair) => pair.split(' ')[0])).toEqual(['group-tags', 'group-both']);
  });

  test('is the event’s own error where the event cannot be read', async () => {
    expect((await routed(null)).errors).toEqual([
      `the event is null, not an object; allowed is an event object: ${KNOWN_SHAPES}`,
    ]);
  });

  test('is a Config item whose id makes no sense', async () => {
    const { pairs, errors } = await routed({ resourceType: 'AWS::CloudTrail::Trail', resourceId: 'odd' });
    expect({ pairs, errors }).toEqual({ pairs: [], errors: [expect.stringMatching(/of odd: identify broke/)] });
  });
});

const NAMES = group.triggers.flatMap((trigger) => (trigger.kind === 'call' ? trigger.eventNames : []));

test('no content of an event makes routing throw', async () => {
  const names = fc.constantFrom(...NAMES, 'StopLogging', 'PutSetting', '__proto__', 'x');
  const events = fc.record({
    eventName: names,
    eventSource: fc.constantFrom('ec2.amazonaws.com', 'cloudtrail.amazonaws.com', 's3.amazonaws.com', 'x'),
    requestParameters: fc.jsonValue(),
    responseElements: fc.jsonValue(),
    errorCode: fc.option(fc.jsonValue()),
    awsRegion: fc.jsonValue(),
    recipientAccountId: fc.jsonValue(),
  });
  await fc.assert(
    fc.asyncProperty(events, async (event) => {
      const { pairs, errors, reason } = await routed(event, { size: 1 });
      expect(pairs.length + errors.length > 0 || reason !== '').toBe(true);
      for (const pair of pairs) expect(pair).not.toMatch(/undefined|\[object|null/);
    }),
    { numRuns: 300 },
  );
});
