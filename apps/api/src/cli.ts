import { runCommandLine } from './commands/program.js';

/** The command line of this process. */
export async function runClary(): Promise<void> {
  const { env: variables, stdin, stdout, stderr } = process;
  let lost: string | undefined;
  // Whoever reads may have had enough, as `head` has. The command goes on: what it does is not to be left half done.
  stdout.on('error', ({ code }: NodeJS.ErrnoException) => (lost = code));
  const io = { variables, stdin, stdout, stderr };
  const exitCode = await runCommandLine(process.argv.slice(2), io);
  const isCutOff = lost !== undefined && lost !== 'EPIPE';
  if (isCutOff) stderr.write(`clary: the result could not be written (${lost}).\n`);
  process.exitCode = isCutOff ? 1 : exitCode;
}
