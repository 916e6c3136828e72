import pg from 'pg';

/** A lock that somebody else holds. */
export interface HeldLock {
  /** Waits until another connection to this database waits for a lock. */
  waitedFor(): Promise<void>;
  /** Runs SQL inside the transaction that holds it. */
  query(sql: string, values: unknown[]): Promise<void>;
  release(): Promise<void>;
}

/** Runs a statement and keeps what it has locked until it is released. */
export async function holdLock(
  url: string,
  statement: string,
  values: unknown[] = [],
): Promise<HeldLock> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('BEGIN');
  await client.query(statement, values);
  return {
    waitedFor: async () => {
      const waiting = `SELECT 1 FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      while ((await client.query(waiting)).rowCount === 0)
        await new Promise((done) => setTimeout(done, 10));
    },
    query: async (sql, parameters) => {
      await client.query(sql, parameters);
    },
    release: async () => {
      await client.query('COMMIT');
      await client.end();
    },
  };
}
