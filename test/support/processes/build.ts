import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import { inject } from 'vitest';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** Of all advisory locks on the server, the one that builds take: "build" in ASCII. */
const BUILD_LOCK = 0x62_75_69_6c_64;

/** Builds what real processes are started from, unless it is built. Test files that want it at the same time take turns. */
export async function build(): Promise<void> {
  const client = new pg.Client({ connectionString: inject('databaseServer') });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [BUILD_LOCK]);
    await promisify(execFile)('npm', ['run', '--silent', 'build'], { cwd: ROOT });
  } finally {
    await client.end();
  }
}
