import { partition } from '@aws-sdk/core/client';
import { partitionOf } from '../resource.ts';

const DOMAINS: Readonly<Record<string, string>> = {
  aws: 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
  'aws-eusc': 'console.amazonaws-eusc.eu',
};

/** A page of the AWS console of a region, in the region's partition: `consoleUrl('eu-west-1', 'ec2/home#VolumeDetails:volumeId=vol-…')`. */
export function consoleUrl(region: string, path: string): string {
  const [page = '', ...fragment] = path.split('#');
  const url = `https://${region}.${DOMAINS[partitionOf(region)] ?? `console.${partition(region).dnsSuffix}`}/${page}?region=${region}`;
  return fragment.length === 0 ? url : `${url}#${fragment.join('#')}`;
}
