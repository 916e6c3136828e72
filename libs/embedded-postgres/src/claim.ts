import { Socket } from 'node:net';

import pg from 'pg';

import { reasonOf } from './errors.js';
import { databaseUrl, SUPERUSER } from './password.js';

/** A session that says that somebody uses the server; it ends with the process that holds it. */
export interface Claim {
  /** May be called again, and when the server is gone. Never rejects. */
  release(): Promise<void>;
}

/** Milliseconds in which a server that is about to go lets those who use it finish. */
export const OTHERS_MS = 30_000;

/** Milliseconds after which it is gone, with the time its shutdown may take. */
export const SHORT_LEASE_MS = OTHERS_MS + 15_000;

const CONNECT_MS = 10_000;
const NETWORK_MS = 5_000;

// Locks belong to one database of a server. All claims are made in the superuser's, where a lock of
// the same number that is taken in the user's own database does not meet them.
const LOCK = 7_405_926_183;

/**
 * Claims a server for as long as it is used. PostgreSQL lets nobody in behind a supervisor that
 * waits to be alone, so a claim that is too late waits as well, and fails when the server stops.
 */
export function claimServer(port: number, password: string): Promise<Claim> {
  return holding(port, password, SHORT_LEASE_MS, async (client) => {
    await client.query('SELECT pg_advisory_lock_shared($1)', [LOCK]);
  });
}

/**
 * Waits until nobody else claims a server, and keeps new claims out from then on. Undefined when the
 * others do not finish in time, or the server cannot be asked: it is to be stopped all the same.
 */
export async function claimAlone(
  port: number,
  password: string,
  log: (message: string) => void,
  patienceMs = OTHERS_MS,
): Promise<Claim | undefined> {
  try {
    return await holding(port, password, patienceMs, async (client) => {
      if (await isAlone(client)) return;
      log('PostgreSQL is stopped as soon as the other programs that use it are done.');
      await client.query('SELECT pg_advisory_lock($1)', [LOCK]);
    });
  } catch (error) {
    log(`PostgreSQL is stopped without waiting for other programs: ${reasonOf(error)}.`);
    return undefined;
  }
}

async function isAlone(client: pg.Client): Promise<boolean> {
  const sql = 'SELECT pg_try_advisory_lock($1) AS alone';
  const { rows } = await client.query<{ alone: boolean }>(sql, [LOCK]);
  return rows[0]?.alone === true;
}

async function holding(
  port: number,
  password: string,
  patienceMs: number,
  lock: (client: pg.Client) => Promise<void>,
): Promise<Claim> {
  const socket = new Socket();
  const client = new pg.Client({
    stream: () => socket,
    connectionString: databaseUrl(port, password, SUPERUSER),
    connectionTimeoutMillis: CONNECT_MS,
    lock_timeout: patienceMs,
    query_timeout: patienceMs + NETWORK_MS,
    application_name: 'embedded-postgres',
  });
  // The server may stop at any time; those who use it learn that from their own connections.
  client.on('error', () => undefined);
  const release = () => {
    socket.ref();
    return client.end().catch(() => undefined);
  };
  try {
    await client.connect();
    await lock(client);
    // Whoever forgets to release it shall still come to an end.
    socket.unref();
    return { release };
  } catch (error) {
    await release();
    throw error;
  }
}
