import { Command, CommanderError } from 'commander';
import { redact } from '../logging/redact.js';
import { createAccount } from './accounts/create.js';
import { listAccounts } from './accounts/list.js';
import { updateAccount } from './accounts/update.js';
import { pruneAudit } from './audit/prune.js';
import { CommandLine, type CommandDefinition } from './command-line.js';
import { describeError } from './describe-error.js';
import { examineInstallation } from './doctor/doctor.js';
import { applyConfig } from './config/apply.js';
import { planConfig } from './config/plan.js';
import { showSchema } from './config/schema.js';
import { createKey } from './keys/create.js';
import { generateKey } from './keys/generate.js';
import { listKeys } from './keys/list.js';
import { revokeTokens } from './keys/revoke-tokens.js';
import { revokeKey } from './keys/revoke.js';
import { rotateKey } from './keys/rotate.js';
import { showKey } from './keys/show.js';
import { updateKey } from './keys/update.js';
import { generateMasterKeys } from './master-key/generate.js';
import { resealKeys } from './master-key/reseal.js';
import type { CommandIo } from './output.js';
import { pruneUsage } from './usage/prune.js';
import { VERSION } from '../version.js';
import { showRoutes } from './routes.js';
import { explain } from './token/explain.js';
import { mint } from './token/mint.js';

const KEYS = [
  createKey,
  listKeys,
  showKey,
  updateKey,
  rotateKey,
  revokeKey,
  revokeTokens,
  generateKey,
];

/** What the commands are about, and those commands; without a group, commands of their own. */
const GROUPS: readonly [name: string, summary: string, commands: readonly CommandDefinition[]][] = [
  ['accounts', 'customers, the owners of keys', [createAccount, listAccounts, updateAccount]],
  ['keys', 'API keys', KEYS],
  ['token', 'JWTs that keys sign', [mint, explain]],
  ['config', 'accounts and keys as a file', [planConfig, applyConfig, showSchema]],
  ['audit', 'the audit log', [pruneAudit]],
  ['usage', 'what keys are used for', [pruneUsage]],
  ['master-key', 'the secret under which keys are sealed', [generateMasterKeys, resealKeys]],
];

const SINGLE: readonly CommandDefinition[] = [showRoutes, examineInstallation];

const EXAMPLES = `
Examples:
  clary accounts create --name "Example Ltd" --tier standard
  clary keys create --name Importer --permissions documents:read,documents:write
  clary keys list --json | jq -r '.data[].id'

Configuration comes from the same environment variables as the API's (DATABASE_URL, DATA_DIR, CLARY_…).
What was asked for goes to stdout, everything else to stderr. Exit code 0: done, 1: refused, 2: called wrongly.`;

/** Exit codes of a command. */
const DONE = 0;
const REFUSED = 1;
const WRONG_USE = 2;

/**
 * Runs one command.
 *
 * @param args those of the command line, without node and the program
 * @returns the exit code: 0 done, 1 refused, 2 called wrongly
 */
export async function runCommandLine(args: readonly string[], io: CommandIo): Promise<number> {
  const cli = new CommandLine(io, args.includes('--json'));
  try {
    await createProgram(cli, io).parseAsync([...args], { from: 'user' });
    return cli.isRefused ? REFUSED : DONE;
  } catch (error) {
    // Help and version end by an error as well.
    if (error instanceof CommanderError) return afterParsing(error, cli);
    const { code, message } = describeError(error);
    cli.fail(code, message);
    return code === 'usage' ? WRONG_USE : REFUSED;
  }
}

function createProgram(cli: CommandLine, io: CommandIo): Command {
  const program = new Command('clary')
    .description('Accounts, API keys and the installation of Clary AI, from the command line.')
    .version(VERSION)
    .option('--json', 'write the result as JSON')
    .addHelpText('after', EXAMPLES)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      // As JSON it is said once, whole.
      writeErr: (text) => {
        if (!cli.json) io.stderr.write(redact(text));
      },
    })
    .showHelpAfterError('(--help shows how it is called)')
    .exitOverride();
  for (const [name, summary, commands] of GROUPS) {
    const group = program.command(name).summary(summary).description(capitalized(summary));
    commands.forEach((define) => define(group, cli));
  }
  SINGLE.forEach((define) => define(program, cli));
  return program;
}

function afterParsing({ exitCode, message }: CommanderError, cli: CommandLine): number {
  if (exitCode === 0) return DONE;
  if (cli.json) cli.fail('usage', message);
  return WRONG_USE;
}

const capitalized = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
