import { EmbeddedPostgresError, startEmbeddedPostgres } from '@clary/embedded-postgres';
import { join } from 'node:path';
import { ConfigError } from '../config/config.error.js';
import type { ApiConfig } from '../config/environment.js';
import type { ClientName } from './options.js';

/** The database of an installation, and how to let go of it. */
export interface OpenDatabase {
  readonly url: string;
  stop(): Promise<void>;
}

const EMBEDDED = {
  'clary-api': { whenRunning: 'refuse', lease: 'long' },
  'clary-cli': { whenRunning: 'adopt', lease: 'short' },
} as const satisfies Record<ClientName, object>;

/**
 * The configured database, or the embedded one, which is started here.
 *
 * @param door a second API on the embedded one is refused; a command joins in, and starts it only for as long as it works
 * @throws ConfigError when another API runs on the same data folder
 * @throws EmbeddedPostgresError when the embedded one cannot be started
 */
export async function openDatabase(
  { databaseUrl, dataDir }: ApiConfig,
  log: (message: string) => void,
  door: ClientName = 'clary-api',
): Promise<OpenDatabase> {
  if (databaseUrl !== undefined) return { url: databaseUrl, stop: () => Promise.resolve() };
  try {
    return await startEmbeddedPostgres({
      dataDir: join(dataDir, 'postgres'),
      database: 'clary',
      ...EMBEDDED[door],
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
