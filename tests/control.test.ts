import { CloudTrailClient, StartLoggingCommand } from '@aws-sdk/client-cloudtrail';
import { ConfigServiceClient } from '@aws-sdk/client-config-service';
import { EC2Client } from '@aws-sdk/client-ec2';
import { PutBucketPolicyCommand, S3Client } from '@aws-sdk/client-s3';
import { S3ControlClient } from '@aws-sdk/client-s3-control';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  callOf,
  compliant,
  MODES,
  nonCompliant,
  notApplicable,
  SEVERITIES,
  serviceOf,
  step,
} from '../shared/control.ts';

describe('verdicts', () => {
  test.each([
    ['COMPLIANT', compliant],
    ['NON_COMPLIANT', nonCompliant],
    ['NOT_APPLICABLE', notApplicable],
  ])('%s carries its reason, at most 256 characters of it', (complianceType, verdict) => {
    expect(verdict('why')).toEqual({ complianceType, annotation: 'why' });
    fc.assert(
      fc.property(fc.string({ maxLength: 600 }), (reason) => {
        const { annotation } = verdict(reason);
        expect(annotation.length).toBeLessThanOrEqual(256);
        if (reason.length <= 256) expect(annotation).toBe(reason);
        else expect(annotation).toBe(`${reason.slice(0, 255)}…`);
      }),
    );
  });
});

test('modes and severities go from least to most', () => {
  expect(MODES).toEqual(['off', 'detect', 'approve', 'remediate']);
  expect(SEVERITIES).toEqual(['INFORMATIONAL', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL']);
});

test.each([
  ['ec2', EC2Client],
  ['s3', S3Client],
  ['s3control', S3ControlClient],
  ['cloudtrail', CloudTrailClient],
  ['config', ConfigServiceClient],
] as const)('the service is called %s', (name, client) => {
  expect(serviceOf(client)).toBe(name);
});

describe('a step', () => {
  test('is data: service, operation and input', () => {
    expect(callOf(step(CloudTrailClient, StartLoggingCommand, { Name: 'main' }))).toEqual({
      service: 'cloudtrail',
      operation: 'StartLogging',
      input: { Name: 'main' },
    });
  });

  test('says where it goes only when that is elsewhere', () => {
    const call = callOf(step(S3Client, PutBucketPolicyCommand, { Bucket: 'b', Policy: '{}' }, { region: 'us-east-1' }));
    expect(call).toMatchObject({ service: 's3', operation: 'PutBucketPolicy', region: 'us-east-1' });
  });

  test('makes nothing before it is carried out', () => {
    const made = step(CloudTrailClient, StartLoggingCommand, { Name: 'main' }, { undo: () => [] });
    expect(made.undo?.({})).toEqual([]);
    expect(made.satisfiedBy).toBeUndefined();
    expect(step(CloudTrailClient, StartLoggingCommand, { Name: 'main' }).undo).toBeUndefined();
  });
});
