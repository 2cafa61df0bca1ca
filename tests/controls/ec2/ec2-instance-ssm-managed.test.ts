import type { InstanceStateName } from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import scene from '../../../scenes/ec2/ec2-instance-ssm-managed.ts';
import control from '../../../shared/controls/ec2/ec2-instance-ssm-managed.ts';
import { MINUTE_MS } from '../../../shared/time.ts';
import { REGION, SAMPLE_ACCOUNT } from '../../support/samples.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const INSTANCE = 'i-0a1b2c3d4e5f60718';
const now = new Date('2026-01-01T00:00:00Z');
const given = (
  pingStatus: string | null,
  {
    state = 'running',
    minutes = 60,
    hasProfile = true,
  }: { state?: InstanceStateName; minutes?: number; hasProfile?: boolean } = {},
) => ({
  instance: { state, metadataOptions: {} as never },
  agent: { pingStatus, hasProfile, startedAt: new Date(now.getTime() - minutes * MINUTE_MS).toISOString() },
});

// AWS: an agent registers some minutes after the start, and is ConnectionLost some minutes after it fell silent. moto
// knows no agents: the local account has them online where an instance runs with a profile.
testControl(control, {
  resourceId: INSTANCE,
  compliant: { online: given('Online'), 'online at once': given('Online', { minutes: 1 }) },
  notApplicable: { stopped: given(null, { state: 'stopped' }), pending: given(null, { state: 'pending' }) },
  nonCompliant: {
    'not registered': {
      given: given(null),
      plan: [],
      says: 'Systems Manager does not manage the instance: its agent is not registered.',
      same: { 'without a profile': { agent: given(null, { hasProfile: false }).agent } },
      other: { 'lost since': { agent: given('ConnectionLost').agent } },
    },
    'without a profile': {
      given: given(null, { hasProfile: false }),
      plan: [],
      says: 'its agent is not registered, and the instance has no instance profile.',
    },
    'silent since': { given: given('ConnectionLost'), plan: [], says: 'its agent is ConnectionLost.' },
    'within a longer time than is allowed': {
      given: given(null, { minutes: 6 }),
      parameters: { graceMinutes: 5 },
      plan: [],
    },
  },
});

test('an instance that has just started is looked at again, and is the same finding then', () => {
  const ref = { resourceType: control.resource.type, resourceId: INSTANCE, accountId: SAMPLE_ACCOUNT, region: REGION };
  const context = { parameters: { graceMinutes: 15 }, now, lastKnown: null };
  const starting = control.evaluate({ ref, ...given(null, { minutes: 14 }) }, context);
  const started = control.evaluate({ ref, ...given(null, { minutes: 15 }) }, context);
  expect(starting).toMatchObject({ complianceType: 'NON_COMPLIANT', retryAfter: 5 * MINUTE_MS });
  expect(started.retryAfter).toBeUndefined();
  expect(started.fingerprint).toBe(starting.fingerprint);
});

testScene(control, scene);
