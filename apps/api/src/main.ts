import { ConfigError } from './config/config.error.js';
import { hangupMeaning, hasTerminal, letGoOfTerminal } from './config-file/terminal.js';
import { readConfig, type ApiConfig } from './config/environment.js';
import { explainError } from './explain-error.js';
import { createLogger } from './logging/logger.js';
import { redact } from './logging/redact.js';
import { startApi } from './start.js';

/** Milliseconds in which clients are told to let go of their connections, before these are closed. */
const PATIENCE = 1000;

async function main(): Promise<void> {
  const config = readConfig(process.env);
  const logger = createLogger(config);
  for (const name of config.ignored) logger.warn(`${name} is set, but has no effect yet`);
  const hadTerminal = hasTerminal();
  const meaningOfHangup = hangupMeaning();
  const starting = startApi(config, logger);
  // Repeated signals change nothing: npm passes on what the process group has received already.
  const stopOnce = once(() =>
    starting.then((api) => api.stop(PATIENCE)).then(() => leave(hadTerminal)),
  );
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stopOnce);
  process.on('SIGHUP', () => {
    if (meaningOfHangup() === 'stop') stopOnce();
    // A start that fails ends the process by itself.
    else void starting.then((api) => api.reload()).catch(() => undefined);
  });
  await starting.catch((error: unknown) => fail(explain(error, config)));
}

/** Runs the work at the first call alone; a start that fails ends the process by itself. */
function once(work: () => Promise<unknown>): () => void {
  let running: Promise<unknown> | undefined;
  return () => void (running ??= work().catch(() => undefined));
}

function leave(hadTerminal: boolean): never {
  if (hadTerminal && !hasTerminal()) letGoOfTerminal();
  process.exit(0);
}

function explain(error: unknown, { host, port }: ApiConfig): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return `PORT: ${host}:${port} is in use by another program.`;
  return explainError(error);
}

function fail(sentence: string): never {
  process.stderr.write(`Clary AI could not start. ${redact(sentence)}\n`);
  process.exit(1);
}

try {
  await main();
} catch (error) {
  fail(error instanceof ConfigError ? error.message : String((error as Error).stack));
}
