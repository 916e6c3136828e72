import { UsageService } from '@clary/nestjs-auth';
import { pruning } from '../prune.js';

/** `usage prune` */
export const pruneUsage = pruning({
  description:
    'Remove the counts of hours that begin before a time, for good. When keys and permissions were last used stays.',
  example: '400d',
  noun: ['count', 'counts'],
  prune: (installation, before) => installation.get(UsageService).prune(before),
});
