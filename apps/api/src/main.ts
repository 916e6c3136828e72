import { ConfigError } from './config/config.error.js';
import { hangupMeaning } from './config-file/terminal.js';
import { readConfig, type ApiConfig } from './config/environment.js';
import { explainError } from './explain-error.js';
import { createLogger } from './logging/logger.js';
import { startApi } from './start.js';

/** Milliseconds in which clients are told to let go of their connections, before these are closed. */
const PATIENCE = 1000;

async function main(): Promise<void> {
  const config = readConfig(process.env);
  const logger = createLogger(config);
  for (const name of config.ignored) logger.warn(`${name} is set, but has no effect yet`);
  const meaningOfHangup = hangupMeaning();
  const starting = startApi(config, logger);
  // Repeated signals change nothing: npm passes on what the process group has received already.
  const stopOnce = once((end) => starting.then((api) => api.stop(PATIENCE)).then(end));
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.on(signal, () => stopOnce(() => process.exit(0)));
  process.on('SIGHUP', () => {
    if (meaningOfHangup() === 'stop') stopOnce(endByHangup);
    // A start that fails ends the process by itself.
    else void starting.then((api) => api.reload()).catch(() => undefined);
  });
  await starting.catch((error: unknown) => fail(explain(error, config)));
}

/** Runs the work at the first call alone; a start that fails ends the process by itself. */
function once(work: (end: () => void) => Promise<unknown>): (end: () => void) => void {
  let running: Promise<unknown> | undefined;
  return (end) => void (running ??= work(end).catch(() => undefined));
}

/** Node aborts in an exit of its own when its terminal is gone, which it wants to put in order. */
function endByHangup(): void {
  process.removeAllListeners('SIGHUP');
  process.kill(process.pid, 'SIGHUP');
}

function explain(error: unknown, { host, port }: ApiConfig): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return `PORT: ${host}:${port} is in use by another program.`;
  return explainError(error);
}

function fail(sentence: string): never {
  process.stderr.write(`Clary AI could not start. ${sentence}\n`);
  process.exit(1);
}

try {
  await main();
} catch (error) {
  fail(error instanceof ConfigError ? error.message : String((error as Error).stack));
}
