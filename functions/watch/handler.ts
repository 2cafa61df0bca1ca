import policy from '../../policy.yml';
import { createWatchHandler } from '../../shared/lambda/watch.ts';

export const handler = createWatchHandler(policy, ['cloudtrail', 'config', 'ec2', 's3']);
