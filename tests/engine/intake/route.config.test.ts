import { describe, expect, test } from '@jest/globals';
import { RECHECK_DETAIL_TYPE } from '../../../shared/internal-events.ts';
import { ACCOUNT, routed } from '../../support/route-fixture.ts';

describe('AWS Config', () => {
  const item = { awsAccountId: ACCOUNT, awsRegion: 'eu-west-1' };

  test('names every control of the type', async () => {
    const { pairs } = await routed({ ...item, resourceType: 'AWS::EC2::SecurityGroup', resourceId: 'sg-1' });
    expect(pairs.map((pair) => pair.split(' ')[0])).toEqual(['group-rules', 'group-tags', 'group-both']);
  });

  test('names settings of the account for every service that has them', async () => {
    const { pairs } = await routed({ ...item, resourceType: 'AWS::::Account', resourceId: ACCOUNT });
    expect(pairs).toEqual([
      `account-ec2 ${ACCOUNT} ${ACCOUNT} eu-west-1`,
      `account-s3 ${ACCOUNT} ${ACCOUNT} eu-west-1`,
      `account-whole ${ACCOUNT} ${ACCOUNT} us-east-1`,
    ]);
  });

  test('has ids of its own, which the resource translates', async () => {
    const { pairs } = await routed({ ...item, resourceType: 'AWS::CloudTrail::Trail', resourceId: 'main' });
    expect(pairs).toEqual([`trail main@eu-west-1 ${ACCOUNT} eu-north-1`]);
  });

  test('names a resource by id, name and ARN; a recheck by our own id', async () => {
    const config = { ...item, resourceType: 'AWS::CloudTrail::Trail', resourceId: 'T1' };
    expect((await routed({ ...config, resourceName: 'main' })).pairs).toEqual([
      `trail main@eu-west-1 ${ACCOUNT} eu-north-1`,
    ]);
    expect((await routed({ ...config, resourceName: 'main', ARN: 'arn:main' })).pairs).toEqual([
      `trail arn:main ${ACCOUNT} eu-north-1`,
    ]);
    const detail = { ...config, accountId: ACCOUNT, region: 'eu-west-1' };
    expect((await routed({ 'detail-type': RECHECK_DETAIL_TYPE, source: 'evenkeel', detail })).pairs).toEqual([
      `trail T1 ${ACCOUNT} eu-west-1`,
    ]);
  });

  test('may name what does not exist', async () => {
    const config = { ...item, resourceType: 'AWS::CloudTrail::Trail', resourceId: 'deleted' };
    expect(await routed(config)).toMatchObject({ pairs: [], errors: [], reason: 'deleted does not exist.' });
  });

  test.each(['AWS::EC2::VPC', 'constructor', '__proto__'])('concerns no control with %s', async (resourceType) => {
    const { pairs, errors, reason } = await routed({ ...item, resourceType, resourceId: 'x' });
    expect({ pairs, errors, reason }).toEqual({
      pairs: [],
      errors: [],
      reason: `${resourceType} concerns no control.`,
    });
  });
});
