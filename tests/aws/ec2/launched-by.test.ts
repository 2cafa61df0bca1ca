import { expect, test } from '@jest/globals';
import { launchedBy } from '../../../shared/aws/ec2/launched-by.ts';

test('the group and the launch template that made an instance are named', () => {
  expect(
    launchedBy({
      'aws:ec2launchtemplate:id': 'lt-1',
      'aws:ec2launchtemplate:version': '3',
      'aws:autoscaling:groupName': 'web',
    }),
  ).toBe('Auto Scaling group web, launch template lt-1');
});

test('what nobody launched so names nothing', () => {
  expect(launchedBy({ Name: 'a', 'autoscaling:groupName': 'mine' })).toBeNull();
});
