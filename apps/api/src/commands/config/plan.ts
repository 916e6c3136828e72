import { ReconciliationService } from '@clary/nestjs-auth';
import type { CommandDefinition } from '../command-line.js';
import { writePlan } from './present.js';
import { readFile } from './read.js';

/** `config plan` */
export const planConfig: CommandDefinition = (parent, cli) => {
  parent
    .command('plan')
    .description('Show what applying the configuration file would do. Changes nothing.')
    .argument('[file]', 'default: that of CLARY_CONFIG, or clary.config.yaml')
    .action(async (named: string | undefined) => {
      const file = await readFile(named, cli);
      await cli.withInstallation(async (installation) => {
        writePlan(cli.output, await file.plan(installation.get(ReconciliationService)), 'to');
      });
    });
};
