import { ApiKeyService } from '@clary/nestjs-auth';
import { OPERATOR, type CommandDefinition } from '../command-line.js';
import { writeKey } from './present.js';

/** `keys revoke-tokens` */
export const revokeTokens: CommandDefinition = (parent, cli) => {
  parent
    .command('revoke-tokens')
    .description('Refuse every JWT that a key has signed so far. The key itself stays.')
    .argument('<id>', 'key_…')
    .action(async (id: string) => {
      await cli.withInstallation(async (installation) => {
        const key = await installation.get(ApiKeyService).revokeTokens(id, { actor: OPERATOR });
        await writeKey(cli.output, key, installation);
      });
    });
};
