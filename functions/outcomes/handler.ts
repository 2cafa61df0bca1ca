import { createOutcomesHandler } from '../../shared/lambda/outcomes.ts';

export const handler = createOutcomesHandler();
