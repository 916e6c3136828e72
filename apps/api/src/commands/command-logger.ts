import type { LoggerService } from '@nestjs/common';
import type { Output } from './output.js';

/** What the application logs while a command runs: warnings and worse, on stderr. */
export class CommandLogger implements LoggerService {
  constructor(private readonly output: Pick<Output, 'note'>) {}

  /** Routine lines are for the log of a server. */
  log(): void {
    return;
  }

  warn(message: unknown): void {
    this.output.note(`warning: ${textOf(message)}`);
  }

  error(message: unknown): void {
    this.output.note(`error: ${textOf(message)}`);
  }

  fatal(message: unknown): void {
    this.error(message);
  }
}

const textOf = (message: unknown): string =>
  message instanceof Error ? message.message : String(message);
