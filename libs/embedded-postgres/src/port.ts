import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

import { EmbeddedPostgresError } from './errors.js';

// Below the ranges from which systems take the near end of outgoing connections (Linux from 32768,
// macOS from 49152): a port in there could be lost to a client while PostgreSQL restarts.
const LOWEST_PORT = 20_000;
const HIGHEST_PORT = 30_000;
const TRIES = 100;

/** The wanted port if it is free on 127.0.0.1, else a random free one. */
export async function choosePort(wanted?: number): Promise<number> {
  if (wanted !== undefined && (await isFree(wanted))) return wanted;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const port = randomInt(LOWEST_PORT, HIGHEST_PORT);
    if (await isFree(port)) return port;
  }
  throw new EmbeddedPostgresError('start_failed', 'No free port was found on 127.0.0.1.');
}

/** True when nobody listens on this port of 127.0.0.1. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      server.close(() => resolve(true));
    });
  });
}
