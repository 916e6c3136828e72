import { generateMasterKey } from '@clary/nestjs-auth';
import { findMasterKeys } from '../../installation/master-keys.js';
import type { CommandDefinition } from '../command-line.js';
import { UsageError } from '../command.errors.js';

const HELP = `
The result is what CLARY_MASTER_KEYS takes. To replace a master key: give every replica the new one behind the old one,
then in front of it (--with-current writes both so), then run \`clary master-key reseal\`, then take the old one out.

Example:
  clary master-key generate --with-current > new.master-keys`;

/** `master-key generate` */
export const generateMasterKeys: CommandDefinition = (parent, cli) => {
  parent
    .command('generate')
    .description('Make a master key. It is written to stdout and stored nowhere.')
    .option('--version-number <number>', 'its version (default: the one after the newest)', Number)
    .option('--with-current', 'write the present ones behind it', false)
    .addHelpText('after', HELP)
    .action(async (options: { versionNumber?: number; withCurrent: boolean }) => {
      const current = (await findMasterKeys(cli.config())) ?? [];
      const versions = current.map(({ version }) => version);
      const version = options.versionNumber ?? Math.max(0, ...versions) + 1;
      if (versions.includes(version))
        throw new UsageError(`--version-number: there is a version ${version} already.`);
      assertVersion(version);
      const older = options.withCurrent ? current.map(format) : [];
      const value = [generateMasterKey(version), ...older].join(',');
      cli.output.note(
        `Master key version ${version}, for CLARY_MASTER_KEYS. Keep it apart from the database:`,
      );
      await cli.output.secret(value, { version, master_keys: value });
    });
};

const format = ({ version, key }: { version: number; key: Buffer }): string =>
  `${version}:${key.toString('base64')}`;

function assertVersion(version: number): void {
  if (!Number.isInteger(version) || version < 1 || version > 0xffff_ffff)
    throw new UsageError('--version-number: must be a whole number from 1 to 4294967295.');
}
