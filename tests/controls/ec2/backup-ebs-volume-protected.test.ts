import scene from '../../../scenes/backup/backup-ebs-volume-protected.ts';
import control from '../../../shared/controls/ec2/backup-ebs-volume-protected.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const NOW = new Date('2026-03-01T00:00:00Z');
const creation = { createdAt: '2026-01-01T00:00:00.000Z' as string | null };
const given = (lastBackup: string | null, rest: Partial<typeof creation> = {}) => ({
  volume: { state: 'in-use' as const, encrypted: true, attachedTo: ['i-1'] },
  creation: { ...creation, ...rest },
  protection: { lastBackup, backedUpWith: null as string | null },
});
const yesterday = given('2026-02-28T03:00:00.000Z');
const planned = { isOptedIn: true, tag: null as string | null };
const parameters = { tagKey: 'backup', tagValue: 'daily' };

testControl(control, {
  resourceId: 'vol-0a1b2c3d4e5f60718',
  compliant: {
    'it was backed up yesterday': { ...yesterday, now: NOW },
    'its plan runs once a year': {
      ...given('2025-06-01T03:00:00.000Z'),
      now: NOW,
      parameters: { maximumBackupAgeDays: 370 },
    },
    'the instance that it is attached to was': {
      ...yesterday,
      protection: { lastBackup: '2026-02-28T03:00:00.000Z', backedUpWith: 'i-1' },
      now: NOW,
    },
  },
  notApplicable: {
    // Evaluated at 2026-01-01.
    'it is a day old, and its first backup may be to come': given(null, { createdAt: '2025-12-31T00:00:00.000Z' }),
    'it is being created': given(null, { createdAt: null }),
    'it is not in use': { ...given(null), volume: { state: 'available', encrypted: true, attachedTo: [] } },
  },
  nonCompliant: {
    'it was never backed up': {
      given: { ...given(null), ...planned },
      now: NOW,
      parameters,
      plan: [['CreateTags', { Resources: ['vol-0a1b2c3d4e5f60718'], Tags: [{ Key: 'backup', Value: 'daily' }] }]],
      after: yesterday,
      undo: [['DeleteTags', { Resources: ['vol-0a1b2c3d4e5f60718'], Tags: [{ Key: 'backup', Value: 'daily' }] }]],
      elements: [['tag backup']],
      says: 'AWS Backup has no backup of it.',
      same: { 'and is older': given(null, { createdAt: '2020-01-01T00:00:00.000Z' }) },
      other: { 'its last backup is old': given('2025-12-01T03:00:00.000Z') },
    },
    'the tag has another value': {
      given: { ...given(null), ...planned, tag: 'none' },
      now: NOW,
      parameters,
      plan: [['CreateTags', { Resources: ['vol-0a1b2c3d4e5f60718'], Tags: [{ Key: 'backup', Value: 'daily' }] }]],
      after: yesterday,
      undo: [['CreateTags', { Resources: ['vol-0a1b2c3d4e5f60718'], Tags: [{ Key: 'backup', Value: 'none' }] }]],
    },
    'it waits longer than a new one may': {
      given: { ...given(null, { createdAt: '2025-12-31T00:00:00.000Z' }), ...planned },
      parameters: { graceDays: 1 },
      plan: [],
      byHand: 'tagKey names no tag',
    },
    'its last backup is five weeks old: a person has to see why': {
      given: { ...given('2026-01-01T03:00:00.000Z'), ...planned },
      now: NOW,
      parameters,
      plan: [],
      byHand: 'what became of its backup jobs',
      says: 'up at 2026-01-01T03:00:00.000Z, more than 35 days ago.',
    },
    'it has the tag, and no backup yet': {
      given: { ...given(null), ...planned, tag: 'daily' },
      now: NOW,
      parameters,
      plan: [],
      byHand: 'which backup plan should select it',
    },
    'AWS Backup is not opted in for its type': {
      given: { ...given(null), ...planned, isOptedIn: false },
      now: NOW,
      parameters,
      plan: [],
      byHand: 'not opted in',
    },
  },
});

testScene(control, scene);
