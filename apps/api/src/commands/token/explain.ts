import { CredentialExplainer, normalizeIp } from '@clary/nestjs-auth';
import type { CommandDefinition, CommandLine } from '../command-line.js';
import { UsageError } from '../command.errors.js';
import { credentialOnStdin, credentialVariable, requireGiven } from './credential-input.js';
import { formatExplanation, toJson } from './present.js';

const HELP = `
The credential is read from the argument (a JWT alone: arguments are visible to others), else from CLARY_TOKEN, else from
stdin, else from CLARY_API_KEY. Exit code 0: it would be accepted, 1: refused.

Examples:
  clary token explain eyJhbGciOiJIUzI1NiIs…
  clary token explain --ip 192.0.2.7 < key-file`;

/** `token explain` */
export const explain: CommandDefinition = (parent, cli) => {
  parent
    .command('explain')
    .description('Why a JWT or an API key would be accepted or refused, rule by rule.')
    .argument('[jwt]', 'the JWT')
    .option('--ip <address>', 'as if it came from there')
    .addHelpText('after', HELP)
    .action(async (argument: string | undefined, { ip }: { ip?: string }) => {
      if (ip !== undefined && normalizeIp(ip) === null)
        throw new UsageError('--ip: must be an IP address.');
      const credential = await readCredential(argument, cli);
      await cli.withInstallation(async (installation) => {
        const explanation = await installation
          .get(CredentialExplainer)
          .explain(credential, { ip: ip ?? null });
        cli.output.result(toJson(explanation), () =>
          formatExplanation(explanation, isColoured(cli)),
        );
        if (!explanation.accepted) cli.refuse();
      });
    });
};

async function readCredential(argument: string | undefined, { io }: CommandLine): Promise<string> {
  if (argument !== undefined) return onlyToken(argument);
  const given = credentialVariable(io, 'CLARY_TOKEN') ?? (await credentialOnStdin(io));
  return requireGiven(
    given || (credentialVariable(io, 'CLARY_API_KEY') ?? ''),
    'Give the credential on stdin, in CLARY_TOKEN or in CLARY_API_KEY; a JWT also as an argument.',
  );
}

/** Once here, a key has been seen already: better said than not. */
function onlyToken(argument: string): string {
  if (argument.includes('.')) return argument;
  throw new UsageError(
    'Only a JWT may be an argument: other users of the machine see arguments, and the shell keeps them. Give an API key on stdin or in CLARY_API_KEY; if this was one, rotate it.',
  );
}

const isColoured = ({ io }: CommandLine): boolean =>
  io.stdout.isTTY === true && (io.variables['NO_COLOR'] ?? '') === '';
