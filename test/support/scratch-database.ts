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
  /** Those who must know of a change before a test goes on. */
  readonly watchers: Set<() => Promise<unknown>>;
  /** Waits until everybody knows of what has been changed so far. */
  settle(): Promise<void>;
}

/** What changes nothing, and is therefore told to nobody. */
const READING = /^\s*(?:SELECT|SHOW)\b/i;

/** Makes `clary_test_<random>` on the server of this run; nothing is ever written to the database that its URL names. */
export async function createScratchDatabase(): Promise<ScratchDatabase> {
  const server = inject('databaseServer');
  const name = `clary_test_${randomBytes(6).toString('hex')}`;
  await runOnce(server, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const pool = new pg.Pool({ connectionString: url.href, max: 2 });
  pool.on('error', () => undefined);
  const watchers = new Set<() => Promise<unknown>>();
  const settle = async (): Promise<void> => {
    await Promise.all([...watchers].map((watch) => watch()));
  };
  return {
    url: url.href,
    watchers,
    settle,
    query: async <Row extends object>(sql: string, values?: unknown[]) => {
      const { rows } = await pool.query<Row>(sql, values);
      if (!READING.test(sql)) await settle();
      return rows;
    },
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
