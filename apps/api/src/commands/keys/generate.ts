import { AuthSettings, generateDesiredKey, isId, NoMasterKeyError } from '@clary/nestjs-auth';
import { toIssue } from '../../api-keys/api-key.mapping.js';
import { createApiKey } from '../../api-keys/api-key.requests.js';
import { toFileKey } from '../../config-file/desired-state.mapping.js';
import { fileEntryOf } from '../../config-file/file-entry.js';
import type { ApiConfig } from '../../config/environment.js';
import { authOptions } from '../../core.module.js';
import { findMasterKeys } from '../../installation/master-keys.js';
import { checked } from '../arguments.js';
import type { CommandDefinition } from '../command-line.js';
import { UsageError } from '../command.errors.js';
import { toMembers, withKeyOptions, type KeyOptions } from './options.js';

const HELP = `
Needs the master key and no database, and stores nothing: the key is written to stdout, its entry to stderr, or both as
one object with --json. Whoever applies the file makes the key.

Example:
  clary keys generate --account acct_… --name Importer --permissions documents:read > importer.key`;

/** `keys generate` */
export const generateKey: CommandDefinition = (parent, cli) => {
  const command = parent
    .command('generate')
    .description('Make a key and its entry for the configuration file. Stores nothing.')
    .requiredOption('--account <id>', 'acct_…: whose it is to be');
  withKeyOptions(command)
    .addHelpText('after', HELP)
    .action(async ({ account, ...options }: KeyOptions & { account: string }) => {
      if (!isId('acct', account))
        throw new UsageError('--account: must be acct_ and 16 letters or digits.');
      const body = checked(createApiKey, toMembers(options));
      const request = toIssue(body, { accountId: account });
      const { key, entry } = generateDesiredKey(request, await readSettings(cli.config()));
      cli.output.note(`For the list \`keys:\` of the configuration file:\n\n${fileEntryOf(entry)}`);
      cli.output.note('The key itself, shown this once and stored nowhere:');
      await cli.output.secret(key, { key, entry: toFileKey(entry) });
    });
};

async function readSettings(config: ApiConfig): Promise<AuthSettings> {
  const masterKeys = await findMasterKeys(config);
  if (masterKeys === null) throw new NoMasterKeyError();
  return new AuthSettings(authOptions(config, masterKeys));
}
