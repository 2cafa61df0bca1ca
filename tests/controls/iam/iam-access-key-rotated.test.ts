import type { StatusType } from '@aws-sdk/client-iam';
import scene from '../../../scenes/iam/iam-access-key-rotated.ts';
import control from '../../../shared/controls/iam/iam-access-key-rotated.ts';
import { DAY_MS } from '../../../shared/time.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const USER = 'deploy';
const [OLD, OLDER, NEW] = ['AKIAEXAMPLEEXAMPLE01', 'AKIAEXAMPLEEXAMPLE02', 'AKIAEXAMPLEEXAMPLE03'] as const;
/** The harness evaluates at the beginning of 2026. */
const now = new Date('2026-01-01T00:00:00Z');
const key = (AccessKeyId: string, days: number, Status: StatusType = 'Active') => ({
  AccessKeyId,
  Status,
  CreateDate: new Date(now.getTime() - days * DAY_MS).toISOString(),
});
const deactivation = (AccessKeyId: string) =>
  ['UpdateAccessKey', { UserName: USER, AccessKeyId, Status: 'Inactive' }] as const;

testControl(control, {
  resourceId: USER,
  compliant: {
    'no keys': { accessKeys: [] },
    'a young key': { accessKeys: [key(NEW, 1)] },
    'a key on its ninetieth day': { accessKeys: [key(NEW, 90)] },
    'an old key that is inactive': { accessKeys: [key(OLD, 400, 'Inactive'), key(NEW, 3)] },
    'an old key, where more is allowed': { accessKeys: [key(OLD, 100)], parameters: { maxAgeDays: 180 } },
  },
  nonCompliant: {
    'one old key beside a young one': {
      given: { accessKeys: [key(OLD, 91), key(NEW, 1)] },
      plan: [deactivation(OLD)],
      elements: [[OLD]],
      after: { accessKeys: [key(OLD, 91, 'Inactive'), key(NEW, 1)] },
      says: `${OLD} is 91 days old; allowed are 90.`,
      same: { 'a day later': { accessKeys: [key(OLD, 92), key(NEW, 2)] } },
      other: { 'a second one is too old': { accessKeys: [key(OLD, 92), key(NEW, 91)] } },
    },
    'two old keys': {
      given: { accessKeys: [key(OLD, 91), key(OLDER, 1200)] },
      plan: [deactivation(OLD), deactivation(OLDER)],
      elements: [[OLD], [OLDER]],
      after: { accessKeys: [key(OLD, 91, 'Inactive'), key(OLDER, 1200, 'Inactive')] },
      says: `${OLD} is 91 days old, ${OLDER} is 1200 days old`,
      other: { 'one of them is gone': { accessKeys: [key(OLDER, 1200)] } },
    },
    'a key that is older than a shorter time allows': {
      given: { accessKeys: [key(OLD, 31)] },
      parameters: { maxAgeDays: 30 },
      plan: [deactivation(OLD)],
      after: { accessKeys: [key(OLD, 31, 'Inactive')] },
      says: 'allowed are 30.',
    },
    'a key that has come of age since': {
      given: { accessKeys: [key(OLD, 10)] },
      now: new Date(now.getTime() + 81 * DAY_MS),
      plan: [deactivation(OLD)],
      after: { accessKeys: [key(OLD, 10, 'Inactive')] },
      says: `${OLD} is 91 days old`,
    },
  },
});

testScene(control, scene);
