import { AccountService } from '@clary/nestjs-auth';
import { createAccount as schema } from '../../accounts/account.schema.js';
import { TIERS } from '../../auth-types.js';
import { checked } from '../arguments.js';
import { OPERATOR, type CommandDefinition } from '../command-line.js';
import { writeAccount } from './present.js';

/** `accounts create` */
export const createAccount: CommandDefinition = (parent, cli) => {
  parent
    .command('create')
    .description('Make an account.')
    .requiredOption('--name <text>', '1 to 100 characters, for people')
    .requiredOption('--tier <tier>', `${TIERS.join(', ')}: no key of the account reaches beyond it`)
    .addHelpText(
      'after',
      '\nExample:\n  clary accounts create --name "Example Ltd" --tier standard',
    )
    .action(async (options: { name: string; tier: string }) => {
      const request = checked(schema, options);
      await cli.withInstallation(async (installation) => {
        const accounts = installation.get(AccountService);
        writeAccount(cli.output, await accounts.create(request, { actor: OPERATOR }));
      });
    });
};
