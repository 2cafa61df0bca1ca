import type { EventSelector } from '@aws-sdk/client-cloudtrail';
import { expect, test } from '@jest/globals';
import scene from '../../../scenes/cloudtrail/cloudtrail-multi-region-trail-enabled.ts';
import control from '../../../shared/controls/cloudtrail/cloudtrail-multi-region-trail-enabled.ts';
import { Unreadable } from '../../../shared/resource.ts';
import type { VisibleTrail } from '../../../shared/resources/cloudtrail/account.ts';
import { callOf } from '../../../shared/step.ts';
import { SAMPLE_ACCOUNT } from '../../support/samples.ts';
import { stepsOf, testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const good: VisibleTrail = {
  arn: `arn:aws:cloudtrail:us-east-1:${SAMPLE_ACCOUNT}:trail/audit`,
  name: 'audit',
  homeRegion: 'us-east-1',
  isOwn: true,
  isMultiRegion: true,
  includesGlobalServices: true,
  isLogging: true,
  selectors: { basic: [], advanced: [] },
};
const local: VisibleTrail = {
  ...good,
  arn: `arn:aws:cloudtrail:eu-west-1:${SAMPLE_ACCOUNT}:trail/local`,
  name: 'local',
  homeRegion: 'eu-west-1',
  isMultiRegion: false,
};
const organisation: VisibleTrail = {
  ...good,
  arn: 'arn:aws:cloudtrail:us-east-1:444455556666:trail/organisation',
  name: 'organisation',
  isOwn: false,
};
const objects = { Type: 'AWS::S3::Object', Values: ['arn:aws:s3:::reports/'] };
const selecting = (...basic: EventSelector[]) => ({ selectors: { basic, advanced: [] } });
const dataOnly = selecting({ ReadWriteType: 'All', IncludeManagementEvents: false, DataResources: [objects] });
const muted = selecting({
  ReadWriteType: 'ReadOnly',
  IncludeManagementEvents: false,
  DataResources: [{ Type: 'AWS::S3::Object', Values: [] }],
});
const writes = {
  Name: 'Writes',
  FieldSelectors: [
    { Field: 'eventCategory', Equals: ['Management'] },
    { Field: 'readOnly', Equals: ['false'] },
  ],
};
const data = {
  Name: 'Objects',
  FieldSelectors: [
    { Field: 'eventCategory', Equals: ['Data'] },
    { Field: 'resources.type', Equals: ['AWS::S3::Object'] },
  ],
};
const given = (...trails: (VisibleTrail | Unreadable)[]) => ({ trails });
const denied = new Unreadable('the trail data', Object.assign(new Error('denied'), { name: 'AccessDeniedException' }));
const start = (Name: string) => ['StartLogging', { Name }] as const;
const cover = (Name: string) =>
  ['UpdateTrail', { Name, IsMultiRegionTrail: true, IncludeGlobalServiceEvents: true }] as const;
const all = { ReadWriteType: 'All', IncludeManagementEvents: true, ExcludeManagementEventSources: [] };
const after = given(good);
const bucket = { s3BucketName: 'audit-logs' };

testControl(control, {
  resourceId: SAMPLE_ACCOUNT,
  compliant: {
    'a trail for all regions': given(good),
    'beside others that are not enough': given(local, { ...good, isLogging: false }, good),
    'that of the organisation': given(organisation, { ...local, isLogging: false }),
    'beside one that could not be read': given(denied, good),
  },
  unreadable: {
    'none is good, and one could not be read': [given(local, denied), 'the trail data'],
    'the only one could not be read': [given(denied), 'the trail data'],
  },
  nonCompliant: {
    'a trail that was stopped': {
      given: given({ ...good, isLogging: false }),
      plan: [start('audit')],
      after,
      says: 'audit is not logging',
      elements: [['trail audit IsLogging']],
      other: { 'which also covers one region only': given({ ...good, isLogging: false, isMultiRegion: false }) },
    },
    'a trail for one region': {
      given: given({ ...local, includesGlobalServices: false }),
      plan: [cover('local')],
      after,
      says: 'local covers one region only',
    },
    'selectors that select nothing': {
      given: given({ ...good, ...muted }),
      plan: [['PutEventSelectors', { TrailName: 'audit', EventSelectors: [{ ...muted.selectors.basic[0], ...all }] }]],
      after,
      says: 'audit does not select every management event',
    },
    'a source that is left out': {
      given: given({ ...good, ...selecting({ ExcludeManagementEventSources: ['kms.amazonaws.com'] }) }),
      plan: [['PutEventSelectors', { TrailName: 'audit', EventSelectors: [all] }]],
      after,
    },
    'advanced selectors of writes, beside data events': {
      given: given({ ...good, selectors: { basic: [], advanced: [writes, data] } }),
      plan: [
        [
          'PutEventSelectors',
          {
            TrailName: 'audit',
            AdvancedEventSelectors: [{ ...writes, FieldSelectors: writes.FieldSelectors.slice(0, 1) }, data],
          },
        ],
      ],
      after,
    },
    'all of these at once': {
      given: given({ ...local, ...selecting({ ReadWriteType: 'WriteOnly' }), isLogging: false }),
      plan: [cover('local'), ['PutEventSelectors', { TrailName: 'local', EventSelectors: [all] }], start('local')],
      after,
      says: 'local is not logging, covers one region only, does not select every management event',
    },
    'the stopped trail for all regions before the one for one region': {
      given: given(local, { ...good, isLogging: false }),
      plan: [start('audit')],
      after,
    },
    'the muted trail for all regions before the one for one region': {
      given: given(local, { ...good, ...muted }),
      plan: [['PutEventSelectors', { TrailName: 'audit', EventSelectors: [{ ...muted.selectors.basic[0], ...all }] }]],
      after,
    },
    'a trail for data events is left as it is where there is another': {
      given: given({ ...good, ...dataOnly, name: 'data' }, { ...local, isLogging: false }),
      plan: [cover('local'), start('local')],
      undo: [
        ['UpdateTrail', { Name: 'local', IsMultiRegionTrail: false, IncludeGlobalServiceEvents: true }],
        ['StopLogging', { Name: 'local' }],
      ],
      after,
    },
    'selectors with no room for one more': {
      given: given({
        ...good,
        ...selecting(...Array<EventSelector>(5).fill({ ReadWriteType: 'ReadOnly', DataResources: [objects] })),
      }),
      plan: [],
      byHand: 'audit has reached its maximum',
    },
    'no trail': { given: given(), plan: [], byHand: 's3BucketName', says: 'No trail records this account.' },
    'no trail, and a bucket for one': {
      given: given(),
      parameters: bucket,
      plan: [
        [
          'CreateTrail',
          {
            Name: 'management-events',
            S3BucketName: 'audit-logs',
            IsMultiRegionTrail: true,
            IncludeGlobalServiceEvents: true,
            EnableLogFileValidation: true,
          },
        ],
        start('management-events'),
      ],
      undo: [
        ['DeleteTrail', { Name: 'management-events' }],
        ['StopLogging', { Name: 'management-events' }],
      ],
      after,
    },
    "an organisation's trail that was stopped": {
      given: given({ ...organisation, isLogging: false }),
      parameters: bucket,
      plan: [],
      byHand: 'record every event twice',
      says: 'organisation is not logging',
    },
    "an organisation's trail that hides its selectors": {
      given: given({ ...organisation, selectors: null }),
      plan: [],
      byHand: 'record every event twice',
      says: 'organisation hides its event selectors from this account',
    },
  },
});

test('every call goes to the home region of the trail, and so does what takes it back', () => {
  const ref = {
    resourceType: 'AWS::::Account',
    resourceId: SAMPLE_ACCOUNT,
    accountId: SAMPLE_ACCOUNT,
    region: 'eu-west-1',
  };
  const wrong = { ...good, ...muted, isMultiRegion: false, includesGlobalServices: false, isLogging: false };
  const steps = stepsOf(control, { ref, trails: [wrong] });
  const calls = steps.flatMap((step) => [step, ...(step.undo?.({}) ?? [])]).map(callOf);
  expect(calls).toEqual([
    expect.objectContaining({ operation: 'UpdateTrail', region: 'us-east-1' }),
    {
      service: 'cloudtrail',
      operation: 'UpdateTrail',
      input: { Name: 'audit', IsMultiRegionTrail: false, IncludeGlobalServiceEvents: false },
      region: 'us-east-1',
    },
    expect.objectContaining({ operation: 'PutEventSelectors', region: 'us-east-1' }),
    {
      service: 'cloudtrail',
      operation: 'PutEventSelectors',
      input: { TrailName: 'audit', EventSelectors: muted.selectors.basic },
      region: 'us-east-1',
    },
    expect.objectContaining({ operation: 'StartLogging', region: 'us-east-1' }),
    { service: 'cloudtrail', operation: 'StopLogging', input: { Name: 'audit' }, region: 'us-east-1' },
  ]);
});

testScene(control, scene);
