import type { EventSelector } from '@aws-sdk/client-cloudtrail';
import { expect, test } from '@jest/globals';
import scene from '../../../scenes/cloudtrail/cloudtrail-multi-region-trail-enabled.ts';
import control from '../../../shared/controls/cloudtrail/cloudtrail-multi-region-trail-enabled.ts';
import { Unreadable } from '../../../shared/resource.ts';
import type { VisibleTrail } from '../../../shared/resources/cloudtrail/account.ts';
import { callOf } from '../../../shared/step.ts';
import { REGION, SAMPLE_ACCOUNT } from '../../support/samples.ts';
import { stepsOf, testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const good: VisibleTrail = {
  arn: `arn:aws:cloudtrail:us-east-1:${SAMPLE_ACCOUNT}:trail/audit`,
  name: 'audit',
  owner: SAMPLE_ACCOUNT,
  homeRegion: 'us-east-1',
  isOwn: true,
  isMultiRegion: true,
  includesGlobalServices: true,
  isLogging: true,
  selectors: { basic: [], advanced: [] },
  hidden: [],
};
const local: VisibleTrail = {
  ...good,
  arn: `arn:aws:cloudtrail:eu-west-1:${SAMPLE_ACCOUNT}:trail/local`,
  name: 'local',
  homeRegion: 'eu-west-1',
  isMultiRegion: false,
};
const organization: VisibleTrail = {
  ...good,
  arn: 'arn:aws:cloudtrail:us-east-1:444455556666:trail/organization',
  name: 'organization',
  owner: '444455556666',
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
const excluding = (...ExcludeManagementEventSources: string[]) => selecting({ ExcludeManagementEventSources });
const [KMS, RDS_DATA] = ['kms.amazonaws.com', 'rdsdata.amazonaws.com'] as const;
const hidden: VisibleTrail = {
  ...organization,
  isLogging: null,
  selectors: null,
  hidden: ['GetTrailStatus (TrailNotFoundException)', 'GetEventSelectors (AccessDeniedException)'],
};
const bucket = { s3BucketName: 'audit-logs' };

testControl(control, {
  resourceId: SAMPLE_ACCOUNT,
  compliant: {
    'a trail for all regions': given(good),
    'beside others that are not enough': given(local, { ...good, isLogging: false }, good),
    'that of the organization': given(organization, { ...local, isLogging: false }),
    'beside one that could not be read': given(denied, good),
    "beside an organization's trail that is not shown": given(hidden, good),
    'sources that are left out, which is accepted': {
      ...given({ ...good, ...excluding(KMS, RDS_DATA) }),
      parameters: { acceptedExclusions: [KMS, RDS_DATA] },
    },
    'a source that is left out of the one, and not of the other': given({ ...good, ...excluding(KMS) }, organization),
  },
  notApplicable: {
    "an organization's trail that does not show whether it logs": given(hidden),
    "an organization's trail of which nothing is shown": given({
      ...hidden,
      isMultiRegion: null,
      includesGlobalServices: null,
    }),
    "an organization's trail that hides its selectors, beside one of our own that was stopped": given(
      { ...organization, selectors: null, hidden: ['GetEventSelectors (AccessDeniedException)'] },
      { ...local, isLogging: false },
    ),
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
      given: given({ ...good, ...excluding(KMS) }),
      plan: [],
      byHand: 'charged for',
      says: 'audit excludes the events of kms.amazonaws.com',
      other: { 'and another one': given({ ...good, ...excluding(KMS, RDS_DATA) }) },
    },
    'two sources that are left out, of which one is accepted': {
      given: given({ ...good, ...excluding(KMS, RDS_DATA) }),
      parameters: { acceptedExclusions: [RDS_DATA] },
      plan: [],
      byHand: 'excluded those of kms.amazonaws.com:',
      says: 'audit excludes the events of kms.amazonaws.com.',
    },
    'a source that is left out by advanced selectors': {
      given: given({
        ...good,
        selectors: {
          basic: [],
          advanced: [
            { FieldSelectors: [...writes.FieldSelectors.slice(0, 1), { Field: 'eventSource', NotEquals: [KMS] }] },
          ],
        },
      }),
      plan: [],
      byHand: 'kms.amazonaws.com',
    },
    'writes alone, of all sources but an accepted one': {
      given: given({ ...good, ...selecting({ ReadWriteType: 'WriteOnly', ExcludeManagementEventSources: [KMS] }) }),
      parameters: { acceptedExclusions: [KMS] },
      plan: [
        [
          'PutEventSelectors',
          { TrailName: 'audit', EventSelectors: [{ ...all, ExcludeManagementEventSources: [KMS] }] },
        ],
      ],
      after: given({ ...good, ...excluding(KMS) }),
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
      byHand: 'audit has as many event selectors as it may',
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
    "an organization's trail that was stopped": {
      given: given({ ...organization, isLogging: false }),
      parameters: bucket,
      plan: [],
      byHand: 'record every event twice',
      says: 'organization is not logging',
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

test('a stopped trail is started although it leaves out a source, which stays so and is reported', async () => {
  const { runControl } = await import('../../support/run-control.ts');
  const ref = { resourceType: 'AWS::::Account', resourceId: SAMPLE_ACCOUNT, accountId: SAMPLE_ACCOUNT, region: REGION };
  const reads = {
    given: given({ ...good, ...excluding(KMS), isLogging: false }),
    after: given({ ...good, ...excluding(KMS) }),
  };
  const { result, calls } = await runControl(control, ref, 'remediate', reads, { now: new Date('2026-01-01') });
  expect(calls).toEqual([start('audit')]);
  expect(result).toMatchObject({ outcome: 'detected', error: null, remediationId: expect.any(String) });
  expect(result?.annotation).toContain('audit excludes the events of kms.amazonaws.com');
});

testScene(control, scene);
