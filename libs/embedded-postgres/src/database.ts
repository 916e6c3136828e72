import pg from 'pg';

import { EmbeddedPostgresError, reasonOf } from './errors.js';
import { databaseUrl, SUPERUSER } from './password.js';

const CONNECT_MS = 10_000;
const ALREADY_THERE = ['42P04', '23505'];

/** Connects, which proves that port and password are right, and makes the database if missing. */
export async function ensureDatabase(
  port: number,
  password: string,
  database: string,
): Promise<void> {
  const client = new pg.Client({
    connectionString: databaseUrl(port, password, SUPERUSER),
    connectionTimeoutMillis: CONNECT_MS,
    application_name: 'embedded-postgres',
  });
  // A connection that breaks while idle would otherwise end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
    if (rows.length === 0) await create(client, database);
  } catch (error) {
    const message = `The database ${database} cannot be opened: ${reasonOf(error)}.`;
    throw new EmbeddedPostgresError('start_failed', message, { cause: error });
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function create(client: pg.Client, database: string): Promise<void> {
  try {
    await client.query(`CREATE DATABASE ${client.escapeIdentifier(database)}`);
  } catch (error) {
    // Another process that adopted the same server was quicker.
    const isThere = error instanceof pg.DatabaseError && ALREADY_THERE.includes(error.code ?? '');
    if (!isThere) throw error;
  }
}
