import { generateMasterKey } from '@clary/nestjs-auth';
import { Readable, Writable } from 'node:stream';
import { runCommandLine } from '../../apps/api/src/commands/program.js';
import type { ScratchDatabase } from './scratch-database.js';

/** What a command did. */
export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a command is called, beside its arguments. */
export interface CommandOptions {
  /** Environment variables beside those of the command line. */
  readonly variables?: Record<string, string>;
  readonly stdin?: string;
}

/** The command line over one installation. Its variables are those that an API of it would be started with. */
export class TestCommandLine {
  /** @param database told to settle after each command, where an API runs over it */
  constructor(
    readonly variables: Readonly<Record<string, string>>,
    private readonly database?: Pick<ScratchDatabase, 'settle'>,
  ) {}

  /** The command line over a database, with a new master key. */
  static over(databaseUrl: string): TestCommandLine {
    return new TestCommandLine({
      DATABASE_URL: databaseUrl,
      CLARY_MASTER_KEYS: generateMasterKey(),
    });
  }

  /** Runs one command in this process. */
  async run(args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
    const stdout = new Collector();
    const stderr = new Collector();
    const exitCode = await runCommandLine(args, {
      variables: { ...this.variables, ...options.variables },
      stdin: Readable.from(options.stdin === undefined ? [] : [options.stdin]),
      stdout,
      stderr,
    });
    await this.database?.settle();
    return { exitCode, stdout: stdout.text, stderr: stderr.text };
  }

  /** Runs a command that must succeed, and reads the JSON that it writes. */
  async json<Result>(args: readonly string[], options?: CommandOptions): Promise<Result> {
    const { exitCode, stdout, stderr } = await this.run([...args, '--json'], options);
    if (exitCode !== 0)
      throw new Error(`clary ${args.join(' ')} ended with ${exitCode}: ${stderr}`);
    return JSON.parse(stdout) as Result;
  }
}

class Collector extends Writable {
  text = '';

  override _write(chunk: Buffer, _: unknown, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}
