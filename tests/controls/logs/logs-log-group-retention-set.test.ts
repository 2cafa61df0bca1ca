import scene from '../../../scenes/logs/logs-log-group-retention-set.ts';
import control from '../../../shared/controls/logs/logs-log-group-retention-set.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const retention = {
  retentionInDays: 30 as number | null,
  logGroupClass: 'STANDARD' as 'DELIVERY' | 'STANDARD' | null,
  retentionPolicyName: null as string | null,
};
const given = (change: Partial<typeof retention> = {}) => ({ retention: { ...retention, ...change } });
const put = (retentionInDays: number) =>
  [['PutRetentionPolicy', { logGroupName: '/shop/orders', retentionInDays }]] as const;

testControl(control, {
  resourceId: '/shop/orders',
  compliant: {
    'a year': given({ retentionInDays: 365 }),
    'ten years: it is never lowered': given({ retentionInDays: 3653 }),
    'for ever': given({ retentionInDays: null }),
    'as long as the policy says': { ...given({ retentionInDays: 90 }), parameters: { minimumRetentionDays: 90 } },
  },
  notApplicable: { 'a group of the class DELIVERY': given({ retentionInDays: 2, logGroupClass: 'DELIVERY' }) },
  nonCompliant: {
    'a month': {
      given: given(),
      plan: put(365),
      after: given({ retentionInDays: 365 }),
      undo: put(30),
      says: 'kept for 30 of 365 days',
      elements: [['retentionInDays']],
      same: { 'a week': given({ retentionInDays: 7 }) },
    },
    'a month, by a policy of the account': {
      given: given({ retentionPolicyName: 'short' }),
      plan: [],
      byHand: 'The account policy short sets the retention',
    },
  },
});

testScene(control, scene);
