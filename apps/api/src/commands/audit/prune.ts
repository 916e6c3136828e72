import { AuditService } from '@clary/nestjs-auth';
import { past } from '../arguments.js';
import { OPERATOR, type CommandDefinition } from '../command-line.js';
import { UsageError } from '../command.errors.js';

/** `audit prune` */
export const pruneAudit: CommandDefinition = (parent, cli) => {
  parent
    .command('prune')
    .description(
      'Remove old events from the audit log for good. One event stays that says so: when, up to where, how many.',
    )
    .requiredOption('--before <time>', 'a date, RFC 3339, or a span before now, such as 365d', past)
    .addHelpText('after', '\nExample:\n  clary audit prune --before 365d')
    .action(async ({ before }: { before: Date }) => {
      if (before > new Date()) throw new UsageError('--before: is in the future.');
      await cli.withInstallation(async (installation) => {
        cli.output.note(`Removing events before ${before.toISOString()} …`);
        const removed = await installation.get(AuditService).prune(before, OPERATOR);
        cli.output.result(
          { before: before.toISOString(), removed },
          () => `${removed} ${removed === 1 ? 'event' : 'events'} removed`,
        );
      });
    });
};
