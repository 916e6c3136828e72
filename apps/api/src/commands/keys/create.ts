import { AccountService, ApiKeyService } from '@clary/nestjs-auth';
import { toIssue } from '../../api-keys/api-key.mapping.js';
import { createApiKey } from '../../api-keys/api-key.requests.js';
import { checked } from '../arguments.js';
import { OPERATOR, type CommandDefinition } from '../command-line.js';
import { UsageError } from '../command.errors.js';
import type { OpenInstallation } from '../installation.js';
import { toMembers, withKeyOptions, type KeyOptions } from './options.js';
import { writeIssued } from './present.js';

const EXAMPLES = `
Examples:
  clary keys create --name Importer --permissions documents:read,documents:write
  clary keys create --account acct_… --name "Their sign-in" --permissions 'documents:*' --methods jwt --expires 90d
  clary keys create --name Operations --permissions '*,admin' > admin.key`;

/** `keys create` */
export const createKey: CommandDefinition = (parent, cli) => {
  const command = parent
    .command('create')
    .description('Make a key. It is written to stdout, once; it is stored nowhere.')
    .option('--account <id>', 'acct_…: whose it is (default: the only account there is)');
  withKeyOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async ({ account, ...options }: KeyOptions & { account?: string }) => {
      const body = checked(createApiKey, toMembers(options));
      await cli.withInstallation(async (installation) => {
        const accountId = account ?? (await onlyAccount(installation));
        await installation.readyToSeal();
        const request = toIssue(body, { accountId });
        const issued = await installation.get(ApiKeyService).issue(request, { actor: OPERATOR });
        await writeIssued(cli.output, issued, installation);
      });
    });
};

async function onlyAccount(installation: OpenInstallation): Promise<string> {
  const [[account], total] = await installation.get(AccountService).list({ limit: 1, offset: 0 });
  if (account !== undefined && total === 1) return account.id;
  throw new UsageError(
    total === 0
      ? 'There is no account yet: make one with `clary accounts create`.'
      : `--account: there are ${total} accounts; name one of \`clary accounts list\`.`,
  );
}
