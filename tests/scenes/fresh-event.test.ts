import { describe, expect, test } from '@jest/globals';
import { freshEvent } from '../../scenes/fresh-event.ts';

describe('a sample event', () => {
  const account = { accountId: '999988887777', region: 'eu-north-1' };

  test('is about what is named, in this account and region, and has an id of its own', () => {
    const names = { 'requestParameters.groupId': 'sg-1' };
    const event = freshEvent('ec2/AuthorizeSecurityGroupIngress', account, names);
    expect(event).toMatchObject({
      account: '999988887777',
      region: 'eu-north-1',
      detail: { awsRegion: 'eu-north-1', requestParameters: { groupId: 'sg-1' } },
    });
    const text = JSON.stringify(event);
    expect(text).toContain('"groupId":"sg-1","securityGroupRuleId"');
    expect(text).not.toMatch(/111122223333|eu-west-1/);
    expect(freshEvent('ec2/AuthorizeSecurityGroupIngress', account, names)).not.toMatchObject({ id: event.id });
  });

  test('is refused where a path leads nowhere', () => {
    expect(() => freshEvent('ec2/CreateVpc', account, { 'requestParameters.vpcId': 'x' })).toThrow(
      'events/ec2/CreateVpc.json has no detail.requestParameters.vpcId',
    );
  });
});
