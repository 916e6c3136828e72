import { startEmbeddedPostgres } from '@clary/embedded-postgres';
import { randomBytes } from 'node:crypto';
import pg from 'pg';

/**
 * The server that `DATABASE_URL` names, or an embedded one.
 *
 * @param {string} dataDir of the embedded one
 */
export async function startDatabaseServer(dataDir) {
  const given = process.env.DATABASE_URL;
  const embedded = given ? undefined : await startEmbeddedPostgres({ dataDir });
  return {
    url: given || embedded.url,
    stop: async () => embedded?.stop(),
  };
}

/**
 * Hands over a database made for this once, and drops it. Nothing is ever written to the one that the URL names.
 *
 * @template Result
 * @param {{ url: string }} server
 * @param {(url: string) => Promise<Result>} action
 */
export async function withScratchDatabase(server, action) {
  const name = `clary_sample_${randomBytes(6).toString('hex')}`;
  await query(server, `CREATE DATABASE ${name}`);
  try {
    const url = new URL(server.url);
    url.pathname = `/${name}`;
    return await action(url.href);
  } finally {
    await query(server, `DROP DATABASE ${name} WITH (FORCE)`);
  }
}

async function query({ url }, sql) {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
