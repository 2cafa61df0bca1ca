import scene from '../../../scenes/secretsmanager/secretsmanager-secret-rotation-enabled.ts';
import control from '../../../shared/controls/secretsmanager/secretsmanager-secret-rotation-enabled.ts';
import { DAY_MS } from '../../../shared/time.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

/** The harness evaluates at the beginning of 2026. */
const now = new Date('2026-01-01T00:00:00Z');
const daysAgo = (days: number) => new Date(now.getTime() - days * DAY_MS).toISOString();
const rotating = {
  RotationEnabled: true,
  CreatedDate: daysAgo(400),
  LastRotatedDate: daysAgo(20),
  NextRotationDate: daysAgo(-10),
  DeletedDate: null,
  OwningService: null,
  PrimaryRegion: null,
};
const still = { ...rotating, RotationEnabled: false, LastRotatedDate: null, NextRotationDate: null };

testControl(control, {
  resourceId: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/db-A1b2C3',
  compliant: {
    'one that rotates': { rotation: rotating },
    'a new one that has not rotated yet': { rotation: { ...rotating, CreatedDate: daysAgo(3), LastRotatedDate: null } },
    'one whose window is open': { rotation: { ...rotating, NextRotationDate: daysAgo(1) } },
    'a primary one': { rotation: { ...rotating, PrimaryRegion: 'eu-west-1' } },
    'one that rotates twice a year, where that is enough': {
      rotation: { ...rotating, LastRotatedDate: daysAgo(170) },
      parameters: { maxAgeDays: 180 },
    },
  },
  notApplicable: {
    'one that is to be deleted': { rotation: { ...still, DeletedDate: daysAgo(1) } },
    'one that RDS rotates': { rotation: { ...still, OwningService: 'rds' } },
    'a replica': { rotation: { ...still, PrimaryRegion: 'us-east-1' } },
  },
  nonCompliant: {
    'one that never rotates': { given: { rotation: still }, plan: [], says: 'The secret does not rotate.' },
    'one whose rotation is overdue': {
      given: { rotation: { ...rotating, LastRotatedDate: daysAgo(33), NextRotationDate: daysAgo(3) } },
      plan: [],
      says: 'should have rotated on 2025-12-29.',
      same: { 'by another day': { rotation: { ...rotating, NextRotationDate: daysAgo(5) } } },
      other: { 'it does not rotate any more': { rotation: still } },
    },
    'one that rotated long ago': {
      given: { rotation: { ...rotating, LastRotatedDate: daysAgo(91) } },
      plan: [],
      says: 'rotated last 91 days ago; allowed are 90.',
      same: { 'a day later': { rotation: { ...rotating, LastRotatedDate: daysAgo(92) } } },
    },
    'an old one that has not rotated yet': {
      given: { rotation: { ...rotating, CreatedDate: daysAgo(91), LastRotatedDate: null } },
      plan: [],
      says: 'has not rotated since it was created 91 days ago',
    },
  },
});

testScene(control, scene);
