import type { OperationOptions } from '../openapi/operation.decorator.js';
import { MAX_COUNTS, usageList } from './usage.schema.js';

/** `GET /v1/usage` */
export const listUsageOperation: OperationOptions = {
  id: 'listUsage',
  summary: 'Count requests',
  description:
    'How often the keys of the account were used, by route and outcome, in all processes together. Up to 10 seconds behind what happens.',
  answers: { 200: { description: 'All counts of the range.', schema: usageList } },
  errors: { 422: `There are more than ${MAX_COUNTS} counts.` },
};
