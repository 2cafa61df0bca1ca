import { describe, expect, test } from '@jest/globals';
import { changesIn } from '../../../shared/engine/intake/parse-event.ts';
import {
  compliance,
  envelope,
  failed,
  inEventBridge,
  inQueue,
  inSns,
  inSnsEvent,
  inSqsEvent,
  itemChange,
  only,
  record,
} from '../../support/event-shapes.ts';

describe('an envelope of transport', () => {
  test.each<[string, (value: unknown) => unknown]>([
    ['text', (value) => JSON.stringify(value)],
    ['text in text', (value) => JSON.stringify(JSON.stringify(value))],
    ['CloudTrail’s log file', (value) => ({ Records: [value] })],
    ['an array', (value) => [value]],
    ['SNS, as HTTP brings it', inSns],
    ['SNS, as Lambda is given it', inSnsEvent],
    ['SQS, as Lambda is given it', inSqsEvent],
    ['SQS, as ReceiveMessage gives it', inQueue],
    ['SQS, as the AWS CLI prints it', (value) => ({ Messages: [inQueue(value)] })],
    ['SNS in SQS in a Lambda event', (value) => inSqsEvent(inSns(value))],
    ['SNS in SQS as ReceiveMessage gives it', (value) => inQueue(inSns(value))],
    ['a failed invocation', failed],
    ['a failed invocation in SQS', (value) => inQueue(failed(value))],
    ['a failed invocation of SNS in SQS, in a saved list', (value) => [inSqsEvent(failed(inSnsEvent(value)))]],
    ['a failed invocation by SQS of SNS, sent to SNS', (value) => inSqsEvent(inSns(failed(inSqsEvent(inSns(value)))))],
  ])('%s carries each shape unchanged', (_name, wrap) => {
    for (const shape of [envelope, record, itemChange, inEventBridge('Config Rules Compliance Change', compliance)])
      expect(changesIn(wrap(shape))).toEqual(changesIn(shape));
  });

  test('aws cloudtrail lookup-events gives each of its records', () => {
    const found = { EventId: 'e', EventName: 'x', Username: 'ann', CloudTrailEvent: JSON.stringify(record) };
    const both = [...changesIn(record), ...changesIn(record)];
    expect(changesIn({ Events: [found, found], NextToken: 't' })).toEqual(both);
    expect(changesIn([found, found])).toEqual(both);
    expect(changesIn({ Events: [{ ...found, CloudTrailEvent: '{"half' }, found] })).toMatchObject([
      { kind: 'unreadable' },
      { kind: 'call' },
    ]);
  });

  test('with several messages gives each in turn, the unreadable among them', () => {
    const bad = { messageId: 'q-2', eventSource: 'aws:sqs', body: '{"broken' };
    const { Records } = inSqsEvent(envelope, itemChange);
    expect(changesIn({ Records: [Records[0], bad, Records[1]] }).map(({ kind }) => kind)).toEqual([
      'call',
      'unreadable',
      'resource',
    ]);
    expect(changesIn([record, [envelope, null], { Records: [record] }]).map(({ kind }) => kind)).toEqual([
      'call',
      'call',
      'unreadable',
      'call',
    ]);
  });

  test.each<[string, unknown]>([
    ['an empty array', []],
    ['an empty log file', { Records: [] }],
    ['an empty receive', { Messages: [] }],
    ['an array of empty ones', [[], '[]', { Records: [] }]],
  ])('%s holds no event, and so no change', (_name, input) => {
    expect(changesIn(input)).toEqual([]);
  });

  test('ends somewhere', () => {
    let deep: unknown = envelope;
    for (let depth = 0; depth < 50; depth++) deep = [deep];
    expect(only(deep)).toMatchObject({ kind: 'unreadable' });
  });
});
