import type { Scene } from '../scene.ts';
import { cloudtrailScenes } from './cloudtrail.ts';
import { configScenes } from './config.ts';
import { ec2Scenes } from './ec2.ts';
import { s3Scenes } from './s3.ts';
import { securityGroupScenes } from './security-groups.ts';
import { vpcScenes } from './vpc.ts';

/** Every drift of the demo, in the order in which they happen. */
export const scenes: readonly Scene[] = [
  ...securityGroupScenes,
  ...vpcScenes,
  ...ec2Scenes,
  ...s3Scenes,
  ...cloudtrailScenes,
  ...configScenes,
];
