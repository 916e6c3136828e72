import { ApiKeyService } from '@clary/nestjs-auth';
import { rotateApiKey } from '../../api-keys/api-key.requests.js';
import { checked, duration } from '../arguments.js';
import { OPERATOR, type CommandDefinition } from '../command-line.js';
import { writeIssued } from './present.js';

/** `keys rotate` */
export const rotateKey: CommandDefinition = (parent, cli) => {
  parent
    .command('rotate')
    .description('Replace a key by a new one with the same rights. It is written to stdout, once.')
    .argument('<id>', 'key_…')
    .requiredOption(
      '--grace-period <span>',
      'how long the old key goes on working, at most 7d; 0: no longer',
      duration,
    )
    .addHelpText('after', '\nExample:\n  clary keys rotate key_… --grace-period 24h > new.key')
    .action(async (id: string, { gracePeriod }: { gracePeriod: number }) => {
      const { grace_period_seconds: grace } = checked(rotateApiKey, {
        grace_period_seconds: gracePeriod / 1000,
      });
      await cli.withInstallation(async (installation) => {
        await installation.readyToSeal();
        const apiKeys = installation.get(ApiKeyService);
        const issued = await apiKeys.rotate(id, grace * 1000, { actor: OPERATOR });
        await writeIssued(cli.output, issued, installation);
      });
    });
};
