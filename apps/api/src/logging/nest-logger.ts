import type { LoggerService } from '@nestjs/common';
import type { Level, Logger } from 'pino';

/** Nest's log lines as lines of our log. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  /** Routine lines of the framework are for whoever looks for them. */
  log(message: unknown, ...rest: unknown[]): void {
    this.write(typeof message === 'string' ? 'debug' : 'info', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }

  /** Nest passes the name of the logger last, and a stack before it. */
  private write(level: Level, message: unknown, rest: readonly unknown[]): void {
    const context = rest.at(-1);
    const fields = rest.length > 1 ? { context, stack: rest[0] } : { context };
    if (message instanceof Error) this.logger[level]({ ...fields, err: message }, message.message);
    else if (typeof message === 'object') this.logger[level]({ ...fields, ...message });
    else this.logger[level](fields, message as string);
  }
}
