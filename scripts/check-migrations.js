// Applies every migration to an empty database and fails if the entities say anything else than the tables.
import { startEmbeddedPostgres } from '@clary/embedded-postgres';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const DATA_SOURCE = 'apps/api/dist/data-source.js';

const folder = mkdtempSync(join(tmpdir(), 'clary-migrations-'));
// As root the server is another user, who must get through to its own folder.
chmodSync(folder, 0o711);
const database = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres') });

/** @param {string[]} args */
function typeorm(...args) {
  const env = { ...process.env, DATABASE_URL: database.url };
  return spawnSync('npx', ['typeorm', ...args], { env, stdio: 'inherit' }).status ?? 1;
}

try {
  process.exitCode =
    typeorm('migration:run', '-d', DATA_SOURCE) ||
    typeorm('migration:generate', '--check', '-d', DATA_SOURCE, 'drift');
} finally {
  await database.stop();
  rmSync(folder, { recursive: true, force: true });
}
