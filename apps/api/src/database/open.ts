import { EmbeddedPostgresError, startEmbeddedPostgres } from '@clary/embedded-postgres';
import { join } from 'node:path';
import { ConfigError } from '../config/config.error.js';
import type { ApiConfig } from '../config/environment.js';

/** The database of an installation, and how to let go of it. */
export interface OpenDatabase {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * The configured database, or the embedded one, which is started here.
 *
 * @param whenRunning what to do where the embedded one runs already: a second API is refused, a command joins in
 * @throws ConfigError when another API runs on the same data folder
 * @throws EmbeddedPostgresError when the embedded one cannot be started
 */
export async function openDatabase(
  { databaseUrl, dataDir }: ApiConfig,
  log: (message: string) => void,
  whenRunning: 'refuse' | 'adopt' = 'refuse',
): Promise<OpenDatabase> {
  if (databaseUrl !== undefined) return { url: databaseUrl, stop: () => Promise.resolve() };
  try {
    return await startEmbeddedPostgres({
      dataDir: join(dataDir, 'postgres'),
      database: 'clary',
      whenRunning,
      log,
    });
  } catch (error) {
    const taken = error instanceof EmbeddedPostgresError && error.code === 'already_running';
    if (!taken) throw error;
    throw new ConfigError(
      `DATA_DIR: another program uses the database in ${dataDir}; stop it, choose another folder, ` +
        'or let several share one database by DATABASE_URL.',
      { cause: error },
    );
  }
}
