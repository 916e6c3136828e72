import { UsageService } from '@clary/nestjs-auth';
import { past } from '../arguments.js';
import type { CommandDefinition } from '../command-line.js';
import { UsageError } from '../command.errors.js';

/** `usage prune` */
export const pruneUsage: CommandDefinition = (parent, cli) => {
  parent
    .command('prune')
    .description(
      'Remove the counts of hours that begin before a time, for good. When keys and permissions were last used stays.',
    )
    .requiredOption('--before <time>', 'a date, RFC 3339, or a span before now, such as 400d', past)
    .addHelpText('after', '\nExample:\n  clary usage prune --before 400d')
    .action(async ({ before }: { before: Date }) => {
      if (before > new Date()) throw new UsageError('--before: is in the future.');
      await cli.withInstallation(async (installation) => {
        cli.output.note(`Removing counts before ${before.toISOString()} …`);
        const removed = await installation.get(UsageService).prune(before);
        cli.output.result(
          { before: before.toISOString(), removed },
          () => `${removed} ${removed === 1 ? 'count' : 'counts'} removed`,
        );
      });
    });
};
