import { ReconciliationService } from '@clary/nestjs-auth';
import type { CommandDefinition } from '../command-line.js';
import { writePlan } from './present.js';
import { readFile } from './read.js';

const HELP = `
Keys that are gone from the file are revoked for good: look at \`clary config plan\` first.`;

/** `config apply` */
export const applyConfig: CommandDefinition = (parent, cli) => {
  parent
    .command('apply')
    .description('Make accounts and keys what the configuration file says, all of it or nothing.')
    .argument('[file]', 'default: that of CLARY_CONFIG, or clary.config.yaml')
    .addHelpText('after', HELP)
    .action(async (named: string | undefined) => {
      const file = await readFile(named, cli);
      await cli.withInstallation(async (installation) => {
        const done = await file.apply(installation.get(ReconciliationService));
        writePlan(cli.output, done, 'done');
        if (done.plan.status === 'stale') cli.refuse();
      });
    });
};
