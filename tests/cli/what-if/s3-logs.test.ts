import { describe, expect, test } from '@jest/globals';
import { isWanted, s3Place } from '../../../shared/cli/what-if/s3-logs.ts';

const place = { bucket: 'logs', prefix: 'mine/' };
const all = { accountId: '111122223333', region: null, from: 0, to: Number.POSITIVE_INFINITY };
const days = { ...all, from: Date.parse('2026-10-30'), to: Date.parse('2026-11-02') };
const ROOT = 'mine/AWSLogs/111122223333/';

describe('which folders of a bucket are looked into', () => {
  test.each([
    ['anything that is not laid out as CloudTrail does', 'mine/elsewhere/2019/', days, true],
    ['the account', ROOT, days, true],
    ['the account of an organization', 'mine/AWSLogs/o-abc123/111122223333/', days, true],
    ['another account', 'mine/AWSLogs/o-abc123/999999999999/', days, false],
    ['CloudTrail', `${ROOT}CloudTrail/`, days, true],
    ['its digests', `${ROOT}CloudTrail-Digest/`, days, false],
    ['other services', `${ROOT}vpcflowlogs/`, days, false],
    ['a region', `${ROOT}CloudTrail/eu-west-1/`, { ...all, region: 'eu-west-1' }, true],
    ['another region', `${ROOT}CloudTrail/us-east-1/`, { ...all, region: 'eu-west-1' }, false],
    ['any year, where no time is asked for', `${ROOT}CloudTrail/eu-west-1/2013/`, all, true],
    ['a year', `${ROOT}CloudTrail/eu-west-1/2026/`, days, true],
    ['a year before', `${ROOT}CloudTrail/eu-west-1/2025/`, days, false],
    ['the first month', `${ROOT}CloudTrail/eu-west-1/2026/10/`, days, true],
    ['a month before', `${ROOT}CloudTrail/eu-west-1/2026/09/`, days, false],
    ['the day before', `${ROOT}CloudTrail/eu-west-1/2026/10/29/`, days, false],
    ['the first day', `${ROOT}CloudTrail/eu-west-1/2026/10/30/`, days, true],
    ['the day after, when the last hour is delivered', `${ROOT}CloudTrail/eu-west-1/2026/11/03/`, days, true],
    ['two days after', `${ROOT}CloudTrail/eu-west-1/2026/11/04/`, days, false],
  ])('%s', (_name, folder, scope, expected) => {
    expect(isWanted(folder, place, scope)).toBe(expected);
  });

  test('an account that the prefix names is the one that is asked for', () => {
    const other = { bucket: 'logs', prefix: 'AWSLogs/999999999999/CloudTrail/' };
    expect(isWanted('AWSLogs/999999999999/CloudTrail/eu-west-1/', other, days)).toBe(true);
  });
});

test('an address is a bucket and a prefix', () => {
  expect(s3Place('s3://my-logs')).toEqual({ bucket: 'my-logs', prefix: '' });
  expect(s3Place('s3://my-logs/a/b c')).toEqual({ bucket: 'my-logs', prefix: 'a/b c' });
  for (const wrong of ['s3://', 's3:///x', 's3://A_b/x', 's3://x/'])
    expect(() => s3Place(wrong)).toThrow(`${wrong}: not s3://bucket or s3://bucket/prefix`);
});
