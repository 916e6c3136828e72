// A program that uses the package as a server does. Transpiled and started by the tests.
import { spawn } from 'node:child_process';

import pg from 'pg';

import type * as Library from '../../src/index.js';

// The sandbox has the sources beside this file.
const { startEmbeddedPostgres } = (await import(
  new URL('./index.js', import.meta.url).href
)) as typeof Library;

function tell(event: string, details: object = {}): void {
  process.stdout.write(`${JSON.stringify({ event, ...details })}\n`);
}

/** Writes rows one after the other, and tells of each once the server has confirmed it. */
async function write(client: pg.Client): Promise<void> {
  await client.query('CREATE TABLE IF NOT EXISTS rows (id bigserial PRIMARY KEY)');
  for (;;) {
    const { rows } = await client.query<{ id: string }>(
      'INSERT INTO rows DEFAULT VALUES RETURNING id',
    );
    tell('row', { id: rows[0]?.id });
  }
}

async function main(): Promise<void> {
  const { mode, ...options } = JSON.parse(
    process.argv[2] ?? '',
  ) as Library.EmbeddedPostgresOptions & { mode?: string };
  const log = (message: string) => tell('log', { message });
  const database = await startEmbeddedPostgres({ log, ...options });
  const client = new pg.Client({ connectionString: database.url });
  client.on('error', () => undefined);
  await client.connect();
  process.on('SIGINT', () => {
    void (async () => {
      // Long enough for a server that got the signal too to have noticed.
      await new Promise((resolve) => setTimeout(resolve, 300));
      const { rows } = await client.query('SELECT 1 AS one');
      tell('answered', { rows: rows.length });
      await client.end();
      await database.stop();
      // And nothing else: a handle that is left open would keep this process alive.
      tell('stopped');
    })();
  });
  if (mode === 'with-child') {
    const child = spawn('sleep', ['60'], { stdio: 'ignore', detached: true });
    tell('child', { child: child.pid });
  }
  const { url, dataDir, pid, adopted } = database;
  tell('ready', { url, dataDir, pid, adopted });
  if (mode === 'write') await write(client);
  if (mode === 'end') {
    await client.end();
    tell('leaving');
  }
}

try {
  await main();
} catch (error) {
  const { code, message } = error as { code?: string; message?: string };
  tell('failed', { code, message });
  process.exit(1);
}
