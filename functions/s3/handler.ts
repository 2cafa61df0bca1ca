import policy from '../../policy.yml';
import { controls } from '../../shared/controls/s3/index.ts';
import { createHandler } from '../../shared/lambda/handler.ts';

export const handler = createHandler(controls, policy);
