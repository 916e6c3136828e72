import { ConfigFile, DEFAULT_CONFIG_FILE } from '../../config-file/config-file.js';
import { CommandError } from '../command.errors.js';
import type { CommandLine } from '../command-line.js';

/**
 * The configuration file that a command is about.
 *
 * @param named by its argument; undefined: the one that the API would take
 * @throws ConfigError that says everything that is wrong with it
 * @throws CommandError when there is none
 */
export async function readFile(named: string | undefined, cli: CommandLine): Promise<ConfigFile> {
  const file =
    named === undefined
      ? await ConfigFile.read(cli.config().configFile)
      : await ConfigFile.read(named, '');
  if (file !== null) return file;
  throw new CommandError(
    `There is no ${DEFAULT_CONFIG_FILE} here: name the file, or set CLARY_CONFIG.`,
  );
}
