import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** A server on which every test file makes databases of its own. */
    databaseServer: string;
  }
}

/** A database that only one test file knows. */
export interface ScratchDatabase {
  readonly url: string;
  /** Runs SQL as an operator would by hand. */
  query<Row extends object>(sql: string, values?: unknown[]): Promise<Row[]>;
  drop(): Promise<void>;
}

/** Makes `clary_test_<random>` on the server of this run; nothing is ever written to the database that its URL names. */
export async function createScratchDatabase(): Promise<ScratchDatabase> {
  const server = inject('databaseServer');
  const name = `clary_test_${randomBytes(6).toString('hex')}`;
  await runOnce(server, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const pool = new pg.Pool({ connectionString: url.href, max: 2 });
  pool.on('error', () => undefined);
  return {
    url: url.href,
    query: async <Row extends object>(sql: string, values?: unknown[]) =>
      (await pool.query<Row>(sql, values)).rows,
    drop: async () => {
      await pool.end();
      await runOnce(server, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

async function runOnce(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
