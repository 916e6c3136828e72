import { ApiKeyService } from '@clary/nestjs-auth';
import { toPatch } from '../../api-keys/api-key.mapping.js';
import { patchApiKey } from '../../api-keys/api-key.requests.js';
import { checked } from '../arguments.js';
import { OPERATOR, type CommandDefinition } from '../command-line.js';
import { toMembers, withChangeOptions, type KeyOptions } from './options.js';
import { writeKey } from './present.js';

const EXAMPLES = `
Examples:
  clary keys update key_… --status disabled
  clary keys update key_… --permissions documents:read --allowed-ips 192.0.2.0/24,2001:db8::/32`;

/** `keys update` */
export const updateKey: CommandDefinition = (parent, cli) => {
  const command = parent
    .command('update')
    .description('Change a key, or switch it off and on. What is not named stays.')
    .argument('<id>', 'key_…');
  withChangeOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (id: string, options: KeyOptions) => {
      const changes = toPatch(checked(patchApiKey, toMembers(options)));
      await cli.withInstallation(async (installation) => {
        const apiKeys = installation.get(ApiKeyService);
        const key = await apiKeys.patch(id, changes, { actor: OPERATOR });
        await writeKey(cli.output, key, installation);
      });
    });
};
