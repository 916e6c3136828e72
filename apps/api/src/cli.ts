import { runCommandLine } from './commands/program.js';

/** The command line of this process. */
export async function runClary(): Promise<void> {
  const { env: variables, stdin, stdout, stderr } = process;
  process.exitCode = await runCommandLine(process.argv.slice(2), {
    variables,
    stdin,
    stdout,
    stderr,
  });
}
