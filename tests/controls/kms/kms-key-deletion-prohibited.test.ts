import { expect, test } from '@jest/globals';
import scene from '../../../scenes/kms/kms-key-deletion-prohibited.ts';
import control from '../../../shared/controls/kms/kms-key-deletion-prohibited.ts';
import { callOf } from '../../../shared/step.ts';
import { stepsOf, testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const KEY = '1f2e3d4c-5b6a-4798-8a1b-2c3d4e5f6071';
const enabled = {
  KeyState: 'Enabled',
  KeyManager: 'CUSTOMER',
  DeletionDate: null,
  PendingDeletionWindowInDays: null,
} as const;
const disabled = { ...enabled, KeyState: 'Disabled' } as const;
const pending = { ...enabled, KeyState: 'PendingDeletion', DeletionDate: '2026-01-24T09:00:00.000Z' } as const;
const waiting = { ...enabled, KeyState: 'PendingReplicaDeletion', PendingDeletionWindowInDays: 14 } as const;
const approved = { 'deletion-approved': 'CHG-4711' };

const cancel = ['CancelKeyDeletion', { KeyId: KEY }] as const;
const enable = ['EnableKey', { KeyId: KEY }] as const;
const plain = { key: disabled, tags: {} };
const lastKnown = { key: enabled };

testControl(control, {
  resourceId: KEY,
  compliant: {
    enabled: { key: enabled, tags: {} },
    disabled: plain,
    'without its key material': { key: { ...enabled, KeyState: 'PendingImport' }, tags: {} },
    'a deletion that a tag approves of': { key: pending, tags: approved },
    'a deletion that a tag of another name approves of': {
      key: pending,
      tags: { retire: '' },
      parameters: { approvalTag: 'retire' },
    },
    'enabled, as is required': { key: enabled, tags: {}, parameters: { requireEnabled: true } },
  },
  notApplicable: { 'of an AWS service': { key: { ...enabled, KeyManager: 'AWS' }, tags: {} } },
  nonCompliant: {
    'a key that was enabled': {
      given: { key: pending, tags: {} },
      lastKnown,
      plan: [cancel, enable],
      elements: [['scheduled deletion'], ['Enabled', 'scheduled deletion']],
      after: { key: enabled, tags: {} },
      says: 'scheduled for deletion on 2026-01-24',
      same: { 'with another date': { key: { ...pending, DeletionDate: '2026-01-08T09:00:00.000Z' } } },
    },
    'a key that was disabled': {
      given: { key: pending, tags: {} },
      lastKnown: { key: disabled },
      plan: [cancel],
      after: plain,
    },
    'a key of which nothing is known': { given: { key: pending, tags: {} }, plan: [cancel], after: plain },
    'a primary key that waits for its replicas': {
      given: { key: waiting, tags: {} },
      plan: [cancel],
      after: plain,
      says: 'after its replicas',
    },
    'approved by a tag, where none is accepted': {
      given: { key: pending, tags: approved },
      parameters: { approvalTag: '' },
      plan: [cancel],
      after: plain,
    },
    'disabled, where it must be enabled': {
      given: plain,
      parameters: { requireEnabled: true },
      lastKnown,
      plan: [enable],
      after: { key: enabled, tags: {} },
      says: 'The key is disabled',
      other: { 'with a deletion': { key: pending } },
    },
    'never seen enabled, where it must be': {
      given: plain,
      parameters: { requireEnabled: true },
      plan: [],
      byHand: 'not been seen enabled',
    },
  },
});

test.each([
  ['the days that are left, begun ones included', pending, 24],
  ['the least that KMS takes', { ...pending, DeletionDate: '2026-01-03T09:00:00.000Z' }, 7],
  ['the most that KMS takes', { ...pending, DeletionDate: '2026-03-01T09:00:00.000Z' }, 30],
  ['what a primary key is to wait', waiting, 14],
  ['the most, where nothing is known', { ...waiting, PendingDeletionWindowInDays: null }, 30],
])('the undo schedules the deletion again: %s', (_, key, PendingWindowInDays) => {
  const ref = { resourceType: control.resource.type, resourceId: KEY, accountId: '111122223333', region: 'eu-west-1' };
  const [step] = stepsOf(control, { ref, key, tags: {} });
  expect(step?.undo?.({}).map(callOf)).toEqual([
    { service: 'kms', operation: 'ScheduleKeyDeletion', input: { KeyId: KEY, PendingWindowInDays } },
  ]);
});

testScene(control, scene);
