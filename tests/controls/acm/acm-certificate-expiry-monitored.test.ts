import type { CertificateStatus } from '@aws-sdk/client-acm';
import scene from '../../../scenes/acm/acm-certificate-expiry-monitored.ts';
import control from '../../../shared/controls/acm/acm-certificate-expiry-monitored.ts';
import { DAY_MS } from '../../../shared/time.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

/** The harness evaluates at the beginning of 2026. */
const now = new Date('2026-01-01T00:00:00Z');
const given = (days: number | null, status: CertificateStatus = 'ISSUED') => ({
  certificate: {
    domainName: 'www.example.com',
    status,
    type: 'IMPORTED' as const,
    notAfter: days === null ? null : new Date(now.getTime() + days * DAY_MS).toISOString(),
  },
});

testControl(control, {
  resourceId: 'arn:aws:acm:eu-west-1:111122223333:certificate/0a1b2c3d-4e5f-4071-8293-a4b5c6d7e8f9',
  compliant: {
    'valid for long': given(200),
    'valid for thirty days': given(30),
    'in use no more': given(200, 'INACTIVE'),
    'where fewer days will do': { ...given(20), parameters: { daysToExpiration: 14 } },
  },
  notApplicable: {
    'not issued yet': given(null, 'PENDING_VALIDATION'),
    'never issued': given(null, 'FAILED'),
    revoked: given(200, 'REVOKED'),
  },
  nonCompliant: {
    due: {
      given: given(29.5),
      plan: [],
      says: 'The certificate of www.example.com expires on 2026-01-30, in 30 days.',
      other: { 'another day': given(12), expired: given(29.5, 'EXPIRED') },
    },
    'due since, at another hour': { given: given(60), now: new Date(now.getTime() + 31 * DAY_MS), plan: [] },
    expired: {
      given: given(-1, 'EXPIRED'),
      plan: [],
      says: 'The certificate of www.example.com expired on 2025-12-31.',
    },
    'expired, and ACM does not say so yet': {
      given: given(-1),
      plan: [],
      says: 'expired on 2025-12-31',
      same: { 'as it says later': given(-1, 'EXPIRED') },
    },
  },
});

testScene(control, scene);
