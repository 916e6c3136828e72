import { runCommandLine } from './commands/program.js';

/** The command line of this process. */
export async function runClary(): Promise<void> {
  const { env: variables, stdin, stdout, stderr } = process;
  // Whoever reads may have had enough, as `head` has.
  stdout.on('error', ({ code }: NodeJS.ErrnoException) => process.exit(code === 'EPIPE' ? 0 : 1));
  process.exitCode = await runCommandLine(process.argv.slice(2), {
    variables,
    stdin,
    stdout,
    stderr,
  });
}
