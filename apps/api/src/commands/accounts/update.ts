import { AccountService } from '@clary/nestjs-auth';
import { patchAccount as schema } from '../../accounts/account.schema.js';
import { TIERS } from '../../auth-types.js';
import { given } from '../../http/given.js';
import { checked } from '../arguments.js';
import { OPERATOR, type CommandDefinition } from '../command-line.js';
import { writeAccount } from './present.js';

/** `accounts update` */
export const updateAccount: CommandDefinition = (parent, cli) => {
  parent
    .command('update')
    .description('Change an account. What is not named stays.')
    .argument('<id>', 'acct_…')
    .option('--name <text>', '1 to 100 characters, for people')
    .option('--tier <tier>', `${TIERS.join(', ')}: no key of the account reaches beyond it`)
    .option('--status <status>', 'active or suspended: then every key of it is refused')
    .addHelpText('after', '\nExample:\n  clary accounts update acct_… --status suspended')
    .action(async (id: string, options: object) => {
      const changes = given(checked(schema, options));
      await cli.withInstallation(async (installation) => {
        const accounts = installation.get(AccountService);
        writeAccount(cli.output, await accounts.patch(id, changes, { actor: OPERATOR }));
      });
    });
};
