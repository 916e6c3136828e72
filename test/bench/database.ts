import { startEmbeddedPostgres } from '@clary/embedded-postgres';
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

/** A database for one run. */
export interface BenchDatabase {
  readonly url: string;
  /** Leaves nothing behind. */
  drop(): Promise<void>;
}

/** A scratch database on the given server; without one, on an embedded PostgreSQL in a temporary folder. */
export function openDatabase(serverUrl: string | undefined): Promise<BenchDatabase> {
  return serverUrl === undefined || serverUrl === '' ? startEmbedded() : createScratch(serverUrl);
}

async function startEmbedded(): Promise<BenchDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'clary-bench-'));
  // As root the server is another user, who must get through to its own folder.
  await chmod(folder, 0o711);
  const server = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres') });
  const drop = async (): Promise<void> => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { url: server.url, drop };
}

async function createScratch(serverUrl: string): Promise<BenchDatabase> {
  const name = `clary_bench_${randomBytes(6).toString('hex')}`;
  await run(serverUrl, `CREATE DATABASE ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => run(serverUrl, `DROP DATABASE ${name} WITH (FORCE)`) };
}

async function run(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
