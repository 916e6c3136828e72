import { pino, type DestinationStream, type Logger } from 'pino';
import pretty from 'pino-pretty';
import type { ApiConfig } from '../config/environment.js';
import { redact } from './redact.js';

/**
 * Makes the log: JSON lines on stdout, or readable ones where a developer looks at a terminal.
 *
 * @param destination where the JSON lines go instead
 */
export function createLogger(
  { logLevel, environment }: Pick<ApiConfig, 'logLevel' | 'environment'>,
  destination?: DestinationStream,
): Logger {
  const options = {
    level: logLevel,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    hooks: { streamWrite: redact },
  };
  if (destination !== undefined) return pino(options, destination);
  const readable = process.stdout.isTTY && environment === 'development';
  // In this process rather than in a worker: a worker loses the last lines before an exit.
  return readable ? pino(options, pretty({ sync: true, ignore: 'context' })) : pino(options);
}
