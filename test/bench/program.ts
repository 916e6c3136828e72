/** A benchmark as a program. */
export interface Program<Options> {
  /** What its arguments may be, for people. */
  readonly usage: string;
  /** @throws Error that says which argument is wrong */
  readonly readOptions: (args: readonly string[]) => Options;
  readonly main: (options: Options) => Promise<void>;
}

/** Says how far it is, beside its result. */
export const progress = (message: string): void => void process.stderr.write(`${message}\n`);

/** Runs a program. It ends with 2 where an argument is wrong, and with 1 for whatever else goes wrong. */
export async function run<Options>({ usage, readOptions, main }: Program<Options>): Promise<void> {
  let options: Options;
  try {
    options = readOptions(process.argv.slice(2));
  } catch (error) {
    fail(error, 2);
    progress(usage);
    return;
  }
  await main(options).catch((error: unknown) => fail(error, 1));
}

function fail(error: unknown, exitCode: number): void {
  progress(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
  process.exitCode = exitCode;
}
