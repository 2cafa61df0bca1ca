import { describe, expect, test } from '@jest/globals';
import { anyCall, type Detection, defineDetection } from '../../../shared/detection.ts';
import { detectedIn } from '../../../shared/engine/intake/detect.ts';
import { changesIn } from '../../../shared/engine/intake/parse-event.ts';
import { type RouteContext, route } from '../../../shared/engine/intake/route.ts';
import { stringOrNull } from '../../../shared/event.ts';
import { call, event } from '../../../shared/resource.ts';
import { defineService } from '../../../shared/service.ts';

const ACCOUNT = '111122223333';
const service = defineService({ id: 'iam', domain: 'identity', eventSources: [], sdks: {} });
const texts = {
  title: 'Something happened',
  severity: 'HIGH',
  service,
  securityControlIds: [],
  relatedRequirements: [],
  description: '',
  rationale: '',
  guidance: '',
  recommendedMode: 'detect',
} as const;

/** The root user acts, whatever it does. */
const root: Detection = defineDetection({
  ...texts,
  id: 'iam-root-user-unused',
  resourceType: 'AWS::::Account',
  global: true,
  triggers: [anyCall({ userIdentity: { type: ['Root'] } })],
  describe: ({ userIdentity, accountId, eventName }) =>
    userIdentity?.type === 'Root'
      ? { resourceId: accountId, fingerprint: eventName, annotation: `The root user called ${eventName}.` }
      : null,
});
const stopped: Detection = defineDetection({
  ...texts,
  id: 'cloudtrail-trail-not-stopped',
  resourceType: 'AWS::CloudTrail::Trail',
  triggers: [
    call('cloudtrail.amazonaws.com', 'StopLogging', { facets: [] }),
    event('aws.cloudtrail', 'Trail Event', { facets: [] }),
  ],
  describe({ request, errorCode }) {
    if (request === null) throw new TypeError('no request');
    return { resourceId: String(request.name), fingerprint: 'stop', annotation: `Stopped (${errorCode}).` };
  },
  describeEvent: ({ detail }) => {
    const name = stringOrNull(detail.name);
    return name === null ? null : { resourceId: name, fingerprint: 'event', annotation: 'Stopped.' };
  },
});

const record = {
  eventID: 'e-1',
  eventSource: 'cloudtrail.amazonaws.com',
  eventName: 'StopLogging',
  awsRegion: 'eu-west-1',
  recipientAccountId: ACCOUNT,
  userIdentity: { type: 'IAMUser' },
  requestParameters: { name: 'audit' },
};
const context: RouteContext = {
  controls: [],
  detections: [root, stopped],
  fallback: { accountId: '999988887777', region: 'us-west-2' },
  aws: () => {
    throw new Error('a detection asks nobody');
  },
};
async function found(input: unknown, rest: Partial<RouteContext> = {}) {
  const [change] = changesIn(input);
  if (change === undefined) throw new Error('no change');
  const { subjects, detected, unreadable } = await route(change, { ...context, ...rest });
  expect(subjects).toEqual([]);
  return {
    detected: detected.map(({ detection, ref, detected: { annotation } }) => [detection.id, ref, annotation]),
    errors: unreadable.map(({ message }) => message),
  };
}
const trail = { resourceType: 'AWS::CloudTrail::Trail', resourceId: 'audit', accountId: ACCOUNT, region: 'eu-west-1' };

describe('a detection', () => {
  test('sees the calls that it names, and where they were made', async () => {
    expect(await found(record)).toEqual({ detected: [[stopped.id, trail, 'Stopped (null).']], errors: [] });
    expect(await found({ ...record, eventName: 'StartLogging' })).toEqual({ detected: [], errors: [] });
    expect(await found({ ...record, eventSource: 'x.amazonaws.com' })).toEqual({ detected: [], errors: [] });
  });

  test('sees calls that failed', async () => {
    expect(await found({ ...record, errorCode: 'AccessDenied' })).toEqual({
      detected: [[stopped.id, trail, 'Stopped (AccessDenied).']],
      errors: [],
    });
  });

  test('of any call sees calls of whatever name, and decides by itself', async () => {
    const made = {
      ...record,
      eventSource: 's3.amazonaws.com',
      eventName: 'ListBuckets',
      userIdentity: { type: 'Root' },
    };
    const account = { resourceType: 'AWS::::Account', resourceId: ACCOUNT, accountId: ACCOUNT };
    const said = 'The root user called ListBuckets.';
    expect(await found(made)).toEqual({ detected: [[root.id, { ...account, region: 'us-east-1' }, said]], errors: [] });
    expect(await found(made, { home: 'eu-north-1' })).toEqual({
      detected: [[root.id, { ...account, region: 'eu-north-1' }, said]],
      errors: [],
    });
  });

  test('is told the account and region that hold where the record is silent', async () => {
    const { awsRegion, recipientAccountId, ...silent } = record;
    const { accountId, region } = context.fallback;
    const made = { ...silent, eventName: 'ListBuckets', userIdentity: { type: 'Root' } };
    expect((await found(made, { home: region })).detected).toMatchObject([
      [root.id, { resourceId: accountId, accountId, region }, 'The root user called ListBuckets.'],
    ]);
    expect(await found(silent)).toMatchObject({
      detected: [[stopped.id, { ...trail, ...context.fallback }, 'Stopped (null).']],
    });
  });

  test('sees events that are no calls by a reading of its own', async () => {
    const notification = {
      'detail-type': 'Trail Event',
      source: 'aws.cloudtrail',
      account: ACCOUNT,
      region: 'eu-west-1',
    };
    expect(await found({ ...notification, detail: { name: 'audit' } })).toEqual({
      detected: [[stopped.id, trail, 'Stopped.']],
      errors: [],
    });
    expect(await found({ ...notification, detail: {} })).toEqual({ detected: [], errors: [] });
    expect(await found({ ...notification, 'detail-type': 'Other', detail: { name: 'audit' } })).toEqual({
      detected: [],
      errors: [],
    });
  });

  test('that cannot read a record leaves what the others find', async () => {
    const { detected, errors } = await found({ ...record, userIdentity: { type: 'Root' }, requestParameters: null });
    expect(detected.map(([id]) => id)).toEqual([root.id]);
    expect(errors).toEqual([
      `${stopped.id} could not read StopLogging of cloudtrail.amazonaws.com: TypeError: no request`,
    ]);
  });

  test('finds with the id of the call, by which it is counted once; an event has none', () => {
    const idsOf = (input: unknown) => {
      const [change] = changesIn(input);
      if (change?.kind !== 'call' && change?.kind !== 'event') throw new Error('neither call nor event');
      return detectedIn(change, [stopped], context).detected.map(({ eventId }) => eventId);
    };
    const event = { 'detail-type': 'Trail Event', source: 'aws.cloudtrail', account: ACCOUNT, region: 'eu-west-1' };
    expect(idsOf(record)).toEqual(['e-1']);
    expect(idsOf({ ...event, detail: { name: 'audit' } })).toEqual([null]);
  });

  test('without a reading of events finds nothing in them', async () => {
    const { describeEvent: _, ...deaf } = stopped;
    const event = { 'detail-type': 'Trail Event', source: 'aws.cloudtrail', account: ACCOUNT, region: 'eu-west-1' };
    const nothing = { detected: [], errors: [] };
    expect(await found({ ...event, detail: { name: 'audit' } }, { detections: [deaf] })).toEqual(nothing);
  });

  test('is nothing to a route that has none', () => {
    const [change] = changesIn(record);
    if (change?.kind !== 'call') throw new Error('no call');
    expect(detectedIn(change, [], context)).toEqual({ detected: [], unreadable: [] });
  });
});
