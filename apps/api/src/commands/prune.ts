import { past } from './arguments.js';
import type { CommandDefinition } from './command-line.js';
import { UsageError } from './command.errors.js';
import type { OpenInstallation } from './installation.js';

/** Something old that a command removes for good. */
export interface Pruning {
  readonly description: string;
  /** A span that people use, such as `365d`. */
  readonly example: string;
  /** What is removed: one, and several. */
  readonly noun: readonly [one: string, several: string];
  /** Removes what is older, and gives how many were removed. */
  readonly prune: (installation: OpenInstallation, before: Date) => Promise<number>;
}

/** A command `prune --before <time>`. */
export function pruning({ description, example, noun, prune }: Pruning): CommandDefinition {
  return (parent, cli) => {
    parent
      .command('prune')
      .description(description)
      .requiredOption(
        '--before <time>',
        `a date, RFC 3339, or a span before now, such as ${example}`,
        past,
      )
      .addHelpText('after', `\nExample:\n  clary ${parent.name()} prune --before ${example}`)
      .action(async ({ before }: { before: Date }) => {
        if (before > new Date()) throw new UsageError('--before: is in the future.');
        await cli.withInstallation(async (installation) => {
          cli.output.note(`Removing ${noun[1]} before ${before.toISOString()} …`);
          const removed = await prune(installation, before);
          cli.output.result(
            { before: before.toISOString(), removed },
            () => `${removed} ${removed === 1 ? noun[0] : noun[1]} removed`,
          );
        });
      });
  };
}
