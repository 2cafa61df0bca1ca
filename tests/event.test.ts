import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ec2Unwrapped, field, isObject, objectOrNull, stringOrNull, strings, unwrapped } from '../shared/event.ts';

const NOT_OBJECTS = [null, undefined, 'null', '', 'text', 0, 7, true, [], [{}]];

test.each(NOT_OBJECTS)('%j is no object', (value) => {
  expect(isObject(value)).toBe(false);
  expect(objectOrNull(value)).toBeNull();
  expect(field(value, 'length')).toBeUndefined();
  expect(strings(value, 'a.b')).toEqual([]);
  expect(unwrapped(value, 'RunInstancesRequest')).toBeNull();
});

test.each([null, undefined, '', 'null', 0, 1, {}, []])('%j is no string', (value) => {
  expect(stringOrNull(value)).toBeNull();
});

describe('field', () => {
  test('is found whatever its capitals, and as it is written first of all', () => {
    expect(field({ GroupId: 'sg-1' }, 'groupId')).toBe('sg-1');
    expect(field({ groupid: 'sg-1' }, 'GroupId')).toBe('sg-1');
    expect(field({ GROUPID: 'sg-1', groupId: 'sg-2' }, 'groupId')).toBe('sg-2');
    expect(field({ dBInstanceIdentifier: 'db' }, 'DBInstanceIdentifier')).toBe('db');
  });

  test.each(['constructor', 'toString', '__proto__', 'hasOwnProperty', 'valueOf'])(
    'does not take %s from every object',
    (name) => {
      expect(field({}, name)).toBeUndefined();
      expect(field(JSON.parse(`{"${name}":"own"}`), name)).toBe('own');
    },
  );
});

describe('strings', () => {
  test.each<[string, unknown, string, readonly string[]]>([
    ['a value', { groupId: 'sg-1' }, 'groupId', ['sg-1']],
    ['items', { set: { items: [{ id: 'a' }, { id: 'b' }, { id: 'a' }] } }, 'set.items.id', ['a', 'b']],
    ['an empty list', { set: {} }, 'set.items.id', []],
    ['a list that is an empty string', { set: '' }, 'set.items.id', []],
    ['one tagged member', { FlowLogId: { tag: 1, content: 'fl-1' } }, 'FlowLogId', ['fl-1']],
    [
      'several tagged members',
      {
        FlowLogId: [
          { tag: 1, content: 'fl-1' },
          { tag: 2, content: 'fl-2' },
        ],
      },
      'FlowLogId',
      ['fl-1', 'fl-2'],
    ],
    ['tagged members that are objects', { Rule: { tag: 1, content: { Id: 'r-1' } } }, 'Rule.Id', ['r-1']],
    ['members that carry a tag beside their fields', { Rule: { tag: 1, Id: 'r-1' } }, 'Rule.Id', ['r-1']],
    ['an array', { names: ['a', 'b'] }, 'names', ['a', 'b']],
    ['arrays within arrays', { names: [['a'], [['b']]] }, 'names', ['a', 'b']],
    ['values that are no strings', { id: [1, null, 'null', '', {}, 'x'] }, 'id', ['x']],
    ['other capitals on every level', { Set: { Items: [{ Id: 'a' }] } }, 'set.items.id', ['a']],
    ['an array where an object was expected', { set: { items: { id: 'a' } } }, 'set.items.id', ['a']],
  ])('reads %s', (_name, source, path, found) => {
    expect(strings(source, path)).toEqual(found);
  });

  test('never throws, and gives each string once', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.array(fc.string(), { minLength: 1 }), (source, path) => {
        const found = strings(source, path.join('.'));
        expect(new Set(found).size).toBe(found.length);
      }),
    );
  });
});

describe('unwrapped', () => {
  const name = 'ModifySecurityGroupRulesRequest';
  test.each<[string, unknown, object | null]>([
    ['takes the wrapper off', { [name]: { GroupId: 'sg-1' } }, { GroupId: 'sg-1' }],
    ['leaves what has none', { groupId: 'sg-1' }, { groupId: 'sg-1' }],
    ['gives null for a wrapper around nothing', { [name]: '' }, null],
    ['gives null for no object', 'null', null],
  ])('%s', (_name, value, inner) => {
    expect(unwrapped(value, name)).toEqual(inner);
  });
});

describe('ec2Unwrapped', () => {
  const name = 'DeleteTransitGatewayVpcAttachmentRequest';
  const inner = { TransitGatewayAttachmentId: 'tgw-attach-1' };
  test.each<[string, unknown, object | null]>([
    ['takes the wrapper off', { [name]: inner }, inner],
    ['takes it off beside something else', { [name]: inner, other: 1 }, inner],
    ['takes one off that is called otherwise', { DelTGwVpcAttachReq: inner }, inner],
    ['gives null for one around nothing', { DelReq: '' }, null],
    ['leaves what has none', { instancesSet: { items: [] } }, { instancesSet: { items: [] } }],
    ['leaves a member that is none', { GroupId: 'sg-1' }, { GroupId: 'sg-1' }],
    ['leaves several members', { Short: inner, other: 1 }, { Short: inner, other: 1 }],
    ['gives null for no object', 'null', null],
  ])('%s', (_name, value, expected) => {
    expect(ec2Unwrapped(value, name)).toEqual(expected);
  });
});
