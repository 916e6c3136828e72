import { ApiKeyService } from '@clary/nestjs-auth';
import { OPERATOR, type CommandDefinition } from '../command-line.js';
import { writeKey } from './present.js';

/** `keys revoke` */
export const revokeKey: CommandDefinition = (parent, cli) => {
  parent
    .command('revoke')
    .description('Refuse a key and the JWTs that it signs from now on, for good.')
    .argument('<id>', 'key_…')
    .action(async (id: string) => {
      await cli.withInstallation(async (installation) => {
        const key = await installation.get(ApiKeyService).revoke(id, { actor: OPERATOR });
        await writeKey(cli.output, key, installation);
      });
    });
};
