import policy from '../../policy.yml';
import { createWatchHandler } from '../../shared/lambda/watch.ts';
import { services } from './services.ts';

export const handler = createWatchHandler(policy, services);
