import { partitionOf } from '../resource.ts';

const DOMAINS: Readonly<Record<string, string>> = {
  aws: 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
};

/** A service's page in the AWS console of a region, in the region's partition: `consoleUrl('eu-west-1', 'ec2', 'VolumeDetails:volumeId=vol-…')`. */
export const consoleUrl = (region: string, service: string, fragment: string): string =>
  `https://${region}.${DOMAINS[partitionOf(region)]}/${service}/home?region=${region}#${fragment}`;
