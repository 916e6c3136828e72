import { configFileJsonSchema } from '../../config-file/config-file.schema.js';
import type { CommandDefinition } from '../command-line.js';

const HELP = `
Example:
  clary config schema > clary.config.schema.json
and in the first line of clary.config.yaml:
  # yaml-language-server: $schema=./clary.config.schema.json`;

/** `config schema` */
export const showSchema: CommandDefinition = (parent, cli) => {
  parent
    .command('schema')
    .description('Write the JSON Schema of the configuration file, for editors.')
    .addHelpText('after', HELP)
    .action(() => {
      const schema = configFileJsonSchema();
      cli.output.result(schema, () => JSON.stringify(schema, null, 2));
    });
};
