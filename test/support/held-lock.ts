import pg from 'pg';

/** A lock that somebody else holds. */
export interface HeldLock {
  /** Waits until another connection to this database waits for a lock. */
  waitedFor(): Promise<void>;
  release(): Promise<void>;
}

/** Runs a statement and keeps what it has locked until it is released. */
export async function holdLock(url: string, statement: string): Promise<HeldLock> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('BEGIN');
  await client.query(statement);
  return {
    waitedFor: async () => {
      const waiting = `SELECT 1 FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      while ((await client.query(waiting)).rowCount === 0)
        await new Promise((done) => setTimeout(done, 10));
    },
    release: async () => {
      await client.query('COMMIT');
      await client.end();
    },
  };
}
