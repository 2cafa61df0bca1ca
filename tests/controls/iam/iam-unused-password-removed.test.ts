import scene from '../../../scenes/iam/iam-unused-password-removed.ts';
import control from '../../../shared/controls/iam/iam-unused-password-removed.ts';
import { DAY_MS } from '../../../shared/time.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

/** The harness evaluates at the beginning of 2026. */
const now = new Date('2026-01-01T00:00:00Z');
const daysAgo = (days: number) => new Date(now.getTime() - days * DAY_MS).toISOString();
const password = (made: number, used: number | null) => ({
  loginProfile: { CreateDate: daysAgo(made) },
  passwordLastUsed: used === null ? null : daysAgo(used),
});

testControl(control, {
  resourceId: 'jo',
  compliant: {
    'no password, of a user that had one': { loginProfile: null, passwordLastUsed: daysAgo(400) },
    'an old password that was used today': password(900, 0),
    'a password on its forty-fifth day': password(900, 45),
    'a new password that was never used': password(45, null),
    'a new password, the one before was used long ago': password(3, 400),
    'an unused password, where more is allowed': { ...password(900, 90), parameters: { maxUnusedDays: 90 } },
  },
  nonCompliant: {
    'an unused password': {
      given: password(900, 46),
      plan: [],
      says: 'The password was last used, or created, 46 days ago; allowed are 45.',
      same: { 'a day later': password(901, 47), 'a newer one': password(60, null) },
    },
    'a password that was never used': {
      given: password(46, null),
      plan: [],
      says: 'The password was never used since it was created 46 days ago',
    },
    'a password that fell out of use since': {
      given: password(10, 5),
      now: new Date(now.getTime() + 41 * DAY_MS),
      plan: [],
      says: '46 days ago',
    },
  },
});

testScene(control, scene);
