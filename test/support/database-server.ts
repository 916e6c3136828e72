import { startEmbeddedPostgres } from '@clary/embedded-postgres';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

/** One PostgreSQL for the whole run: the one that `DATABASE_URL` names, or an embedded one in a temporary folder. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['DATABASE_URL'];
  if (given !== undefined && given !== '') {
    project.provide('databaseServer', given);
    return () => Promise.resolve();
  }
  const folder = await mkdtemp(join(tmpdir(), 'clary-test-'));
  // As root the server is another user, who must get through to its own folder.
  await chmod(folder, 0o711);
  const server = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres') });
  project.provide('databaseServer', server.url);
  return async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
}
