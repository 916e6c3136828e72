import { AuditService } from '@clary/nestjs-auth';
import { OPERATOR } from '../command-line.js';
import { pruning } from '../prune.js';

/** `audit prune` */
export const pruneAudit = pruning({
  description:
    'Remove old events from the audit log for good. One event stays that says so: when, up to where, how many.',
  example: '365d',
  noun: ['event', 'events'],
  prune: (installation, before) => installation.get(AuditService).prune(before, OPERATOR),
});
