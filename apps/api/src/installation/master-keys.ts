import { generateMasterKey, parseMasterKeys, type MasterKey } from '@clary/nestjs-auth';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { ConfigError } from '../config/config.error.js';
import type { ApiConfig } from '../config/environment.js';
import { writeExclusive } from './exclusive-file.js';

/**
 * The master keys of this installation: those configured, else those in the data folder, else new ones if the
 * installation is empty. Call it under the start's lock.
 *
 * @returns newest first; none when the data folder has lost those that the database knows
 * @throws ConfigError
 */
export async function resolveMasterKeys(
  config: ApiConfig,
  dataSource: DataSource,
): Promise<readonly MasterKey[]> {
  if (config.masterKeys !== undefined) return config.masterKeys;
  if (mustBeGiven(config)) {
    throw new ConfigError(
      `CLARY_MASTER_KEYS must be set where DATABASE_URL is, outside development.`,
    );
  }
  const path = keptAt(config);
  const kept = await readKept(path);
  if (kept !== null) return kept;
  const [row] = await dataSource.query<[{ used: boolean }]>(
    'SELECT EXISTS (SELECT FROM auth_master_keys) OR EXISTS (SELECT FROM auth_api_keys) AS used',
  );
  // A new key would not open what the lost one sealed. It would only hide the loss.
  if (row.used) return [];
  const generated = generateMasterKey();
  await writeExclusive(path, `${generated}\n`);
  return parseMasterKeys(generated);
}

/**
 * The master keys that can be had without a database: those configured, else those in the data folder.
 *
 * @returns newest first; null when there are none
 * @throws ConfigError
 */
export async function findMasterKeys(config: ApiConfig): Promise<readonly MasterKey[] | null> {
  return config.masterKeys ?? (mustBeGiven(config) ? null : readKept(keptAt(config)));
}

const keptAt = ({ dataDir }: ApiConfig): string => join(dataDir, 'master-keys');

/** Whether an installation has no master keys but those it is given: a data folder of one replica is not that of all. */
export function mustBeGiven({ databaseUrl, environment, masterKeys }: ApiConfig): boolean {
  return masterKeys === undefined && databaseUrl !== undefined && environment !== 'development';
}

async function readKept(path: string): Promise<readonly MasterKey[] | null> {
  try {
    const text = (await readFile(path, 'utf8')).trim();
    return parseMasterKeys(text);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw new ConfigError(
      `DATA_DIR: the master keys in ${path} cannot be read (${code ?? message}).`,
    );
  }
}
