import { ApiKeyService } from '@clary/nestjs-auth';
import type { CommandDefinition } from '../command-line.js';
import { writeKey } from './present.js';

/** `keys show` */
export const showKey: CommandDefinition = (parent, cli) => {
  parent
    .command('show')
    .description('Show all that is known of a key; the key itself is stored nowhere.')
    .argument('<id>', 'key_…')
    .action(async (id: string) => {
      await cli.withInstallation(async (installation) => {
        const key = await installation.get(ApiKeyService).get(id);
        await writeKey(cli.output, key, installation);
      });
    });
};
