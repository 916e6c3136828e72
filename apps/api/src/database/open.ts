import { startEmbeddedPostgres } from '@clary/embedded-postgres';
import { join } from 'node:path';
import type { ApiConfig } from '../config/environment.js';

/** The database of an installation, and how to let go of it. */
export interface OpenDatabase {
  readonly url: string;
  stop(): Promise<void>;
}

/** The configured database, or the embedded one, which is started here. */
export function openDatabase(
  { databaseUrl, dataDir }: ApiConfig,
  log: (message: string) => void,
): Promise<OpenDatabase> {
  if (databaseUrl !== undefined) {
    return Promise.resolve({ url: databaseUrl, stop: () => Promise.resolve() });
  }
  return startEmbeddedPostgres({ dataDir: join(dataDir, 'postgres'), database: 'clary', log });
}
