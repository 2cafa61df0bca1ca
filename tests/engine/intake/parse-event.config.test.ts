import { describe, expect, test } from '@jest/globals';
import type { Change } from '../../../shared/engine/intake/parse-event.ts';
import {
  ACCOUNT,
  compliance,
  GROUP,
  inEventBridge,
  inRule,
  item,
  itemChange,
  NAMED,
  only,
  oversized,
} from '../../support/event-shapes.ts';

describe('a resource of AWS Config', () => {
  test.each<[string, unknown, string | null, string?]>([
    ['an item change', inEventBridge('Config Configuration Item Change', itemChange), itemChange.messageType],
    ['an oversized item change', inEventBridge('Config Configuration Item Change', oversized), oversized.messageType],
    ['a message of Config’s own SNS topic', itemChange, itemChange.messageType],
    ['an oversized message', oversized, oversized.messageType],
    ['a rule invocation', inRule(itemChange), itemChange.messageType],
    ['a rule invocation for an oversized item', inRule(oversized), oversized.messageType],
    ['a rule invocation that is not encoded', { ...inRule(null), invokingEvent: itemChange }, itemChange.messageType],
    ['a raw item', item, null],
    ['a wrapped item', { configurationItem: item }, null],
  ])('is named by %s', (_name, input, eventName) => {
    expect(only(input)).toMatchObject({ kind: 'resource', eventName, attribution: null, resource: NAMED });
  });

  test.each<[string, unknown]>([
    ['a compliance change', inEventBridge('Config Rules Compliance Change', compliance)],
    ['a compliance message', compliance],
  ])('is named by %s, by its id alone', (_name, input) => {
    expect(only(input)).toMatchObject({
      kind: 'resource',
      eventName: compliance.messageType,
      resource: { ...GROUP, resourceName: null, arn: null },
    });
  });

  test.each(['ARN', 'arn'])('keeps its ARN, as %s', (key) => {
    const arn = 'arn:aws:rds:eu-west-1:111122223333:db:orders';
    expect(only({ ...item, [key]: arn })).toMatchObject({ resource: { ...NAMED, arn } });
  });

  test('is named whatever the case of the keys', () => {
    const upper = Object.fromEntries(
      Object.entries(item).map(([key, value]) => [`${key[0]?.toUpperCase()}${key.slice(1)}`, value]),
    );
    expect(only({ configurationItem: upper })).toMatchObject({ kind: 'resource', resource: NAMED });
  });

  test('takes account and region from around it where the item is silent', () => {
    const bare = { resourceType: 'AWS::S3::Bucket', resourceId: 'b' };
    expect(only(inEventBridge('Config Configuration Item Change', { configurationItem: bare }))).toMatchObject({
      resource: { accountId: ACCOUNT, region: 'eu-west-1' },
    });
    expect(only(inRule({ configurationItem: bare }))).toMatchObject({ resource: { accountId: ACCOUNT, region: '' } });
    expect(only(bare)).toMatchObject({ resource: { accountId: '', region: '' } });
  });

  test('of no region is asked for in the region that tells of it', () => {
    const global = { configurationItem: { ...item, awsRegion: 'global' } };
    const { resource } = only(inEventBridge('Config Configuration Item Change', global)) as {
      resource: object;
    } & Change;
    expect(resource).toMatchObject({ region: 'eu-west-1' });
    expect(only(inRule(global))).toMatchObject({ resource: { region: '' } });
  });
});
