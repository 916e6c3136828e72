import type { OperatorActor } from '@clary/nestjs-auth';
import type { Command } from 'commander';
import { readConfig, type ApiConfig } from '../config/environment.js';
import { openInstallation, type OpenInstallation } from './installation.js';
import { Output, type CommandIo } from './output.js';

/** Who changes something by a command. */
export const OPERATOR: OperatorActor = { type: 'cli' };

/** Adds one command below another. */
export type CommandDefinition = (parent: Command, cli: CommandLine) => void;

/** What every command works with: its streams, the configuration, the installation. */
export class CommandLine {
  /** All that is said. */
  readonly output: Output;
  private refused = false;

  /** @param json whether results and errors are written as JSON */
  constructor(
    readonly io: CommandIo,
    readonly json: boolean,
  ) {
    this.output = new Output(io, json);
  }

  /** Whether a command that wrote its result did not do all that was asked. */
  get isRefused(): boolean {
    return this.refused;
  }

  /** Lets a command end with exit code 1, after it has written its result. */
  refuse(): void {
    this.refused = true;
  }

  /** @throws ConfigError */
  config(): ApiConfig {
    return readConfig(this.io.variables);
  }

  /**
   * Runs work over the installation, whose database is started if it has to be, and lets go of it.
   *
   * @throws what the work throws
   */
  async withInstallation<Result>(
    work: (installation: OpenInstallation) => Promise<Result>,
  ): Promise<Result> {
    const installation = await openInstallation(this.config(), this.output);
    try {
      return await work(installation);
    } finally {
      await installation.close();
    }
  }

  /** Writes what went wrong. */
  fail(code: string, message: string): void {
    this.output.note(
      this.json ? JSON.stringify({ error: { code, message } }) : `clary: ${message}`,
    );
  }
}
