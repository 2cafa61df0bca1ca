import type { StatusType } from '@aws-sdk/client-iam';
import scene from '../../../scenes/iam/iam-unused-credentials-disabled.ts';
import control from '../../../shared/controls/iam/iam-unused-credentials-disabled.ts';
import { DAY_MS } from '../../../shared/time.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const USER = 'deploy';
const [IDLE, IDLER, BUSY] = ['AKIAEXAMPLEEXAMPLE01', 'AKIAEXAMPLEEXAMPLE02', 'AKIAEXAMPLEEXAMPLE03'] as const;
/** The harness evaluates at the beginning of 2026. */
const now = new Date('2026-01-01T00:00:00Z');
const daysAgo = (days: number) => new Date(now.getTime() - days * DAY_MS).toISOString();
const key = (AccessKeyId: string, made: number, used: number | null, Status: StatusType = 'Active') => ({
  AccessKeyId,
  Status,
  CreateDate: daysAgo(made),
  LastUsedDate: used === null ? null : daysAgo(used),
});
const deactivation = (AccessKeyId: string) =>
  ['UpdateAccessKey', { UserName: USER, AccessKeyId, Status: 'Inactive' }] as const;

testControl(control, {
  resourceId: USER,
  compliant: {
    'no keys': { accessKeyUse: [] },
    'an old key that was used today': { accessKeyUse: [key(BUSY, 900, 0)] },
    'a key on its forty-fifth day': { accessKeyUse: [key(BUSY, 900, 45)] },
    'a new key that was never used': { accessKeyUse: [key(BUSY, 45, null)] },
    'an unused key that is inactive': { accessKeyUse: [key(IDLE, 900, 400, 'Inactive')] },
    'an unused key, where more is allowed': { accessKeyUse: [key(IDLE, 900, 90)], parameters: { maxUnusedDays: 90 } },
  },
  nonCompliant: {
    'one unused key beside one in use': {
      given: { accessKeyUse: [key(IDLE, 900, 46), key(BUSY, 900, 1)] },
      plan: [deactivation(IDLE)],
      // By the name that iam-access-key-rotated has for it.
      elements: [[IDLE]],
      undo: [['UpdateAccessKey', { UserName: USER, AccessKeyId: IDLE, Status: 'Active' }]],
      after: { accessKeyUse: [key(IDLE, 900, 46, 'Inactive'), key(BUSY, 900, 1)] },
      says: `${IDLE} was last used 46 days ago; allowed are 45.`,
      same: { 'a day later': { accessKeyUse: [key(IDLE, 901, 47), key(BUSY, 901, 0)] } },
      other: { 'the other one is unused too': { accessKeyUse: [key(IDLE, 901, 47), key(BUSY, 901, 46)] } },
    },
    'two keys, one never used': {
      given: { accessKeyUse: [key(IDLE, 46, null), key(IDLER, 900, 60)] },
      plan: [deactivation(IDLE), deactivation(IDLER)],
      after: { accessKeyUse: [key(IDLE, 46, null, 'Inactive'), key(IDLER, 900, 60, 'Inactive')] },
      says: `${IDLE} was never used since it was created 46 days ago, ${IDLER} was last used 60 days ago`,
    },
    'a key that fell out of use since': {
      given: { accessKeyUse: [key(IDLE, 10, 5)] },
      now: new Date(now.getTime() + 41 * DAY_MS),
      plan: [deactivation(IDLE)],
      after: { accessKeyUse: [key(IDLE, 10, 5, 'Inactive')] },
      says: '46 days ago',
    },
  },
});

testScene(control, scene);
