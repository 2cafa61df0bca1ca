import { expect, test } from '@jest/globals';
import { consoleUrl } from '../../shared/aws/console-url.ts';

test.each([
  ['eu-west-1', 's3/settings', 'https://eu-west-1.console.aws.amazon.com/s3/settings?region=eu-west-1'],
  [
    'cn-north-1',
    'ec2/home#VolumeDetails:volumeId=vol-1',
    'https://cn-north-1.console.amazonaws.cn/ec2/home?region=cn-north-1#VolumeDetails:volumeId=vol-1',
  ],
  [
    'us-gov-west-1',
    'config/home#/settings#x',
    'https://us-gov-west-1.console.amazonaws-us-gov.com/config/home?region=us-gov-west-1#/settings#x',
  ],
])('the console of %s: %s', (region, path, url) => {
  expect(consoleUrl(region, path)).toBe(url);
});
