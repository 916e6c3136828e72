import { Option } from 'commander';
import { duration, list } from '../arguments.js';
import type { CommandDefinition, CommandLine } from '../command-line.js';
import { UsageError } from '../command.errors.js';
import { credentialOnStdin, credentialVariable, requireGiven } from './credential-input.js';
import { MintError, mintToken, type TokenRequest } from './mint-token.js';

const EXPIRES_IN = new Option('--expires-in <time>', 'how long it lives: seconds, or such as 15m')
  .argParser(duration)
  .default(duration('1h'), '1h');

const HELP = `
The key is read from CLARY_API_KEY (or the file that CLARY_API_KEY_FILE names), else from stdin; never from an argument.
Needs no database: any JWT library makes the same, with HS256 and the whole API key as its secret.

Examples:
  curl http://127.0.0.1:8000/v1/me -H "Authorization: Bearer $(clary token mint)"
  clary token mint --sub user_7 --expires-in 15m --permissions documents:read < key-file
  clary token mint --tier lite | clary token explain`;

interface MintOptions extends Pick<TokenRequest, 'tier' | 'permissions' | 'scope' | 'audience'> {
  readonly sub: string;
  /** Milliseconds. */
  readonly expiresIn: number;
  readonly kid: boolean;
}

/** `token mint` */
export const mint: CommandDefinition = (parent, cli) => {
  parent
    .command('mint')
    .description('Make a JWT with an API key. It is written to stdout.')
    .option('--sub <text>', 'your own name for the user; with --no-kid your account id', 'cli')
    .addOption(EXPIRES_IN)
    .option('--tier <tier>', 'lowers the tier')
    .option('--permissions <list>', 'narrows the permissions: names with commas between', list)
    .option('--scope <names>', 'narrows the permissions: names with blanks between')
    .option('--audience <text>', 'for whom it is')
    .option('--no-kid', 'do not name the key in the header')
    .addHelpText('after', HELP)
    .action(async ({ sub, expiresIn, kid, ...claims }: MintOptions) => {
      const lifetime = expiresIn / 1000;
      const request = { ...claims, subject: sub, lifetime, withKeyId: kid };
      const token = mintOrTell(await readKey(cli), request);
      const { jwtMaxLifetime } = cli.config();
      if (lifetime > jwtMaxLifetime)
        cli.output.note(
          `warning: it lives ${lifetime} seconds, the API here takes at most ${jwtMaxLifetime}`,
        );
      await cli.output.secret(token, { token });
    });
};

async function readKey({ io }: CommandLine): Promise<string> {
  const key = credentialVariable(io, 'CLARY_API_KEY') ?? (await credentialOnStdin(io));
  return requireGiven(key, 'Give the API key in CLARY_API_KEY or on stdin.');
}

function mintOrTell(key: string, request: TokenRequest): string {
  try {
    return mintToken(key, request, new Date());
  } catch (error) {
    throw error instanceof MintError ? new UsageError(error.message) : error;
  }
}
