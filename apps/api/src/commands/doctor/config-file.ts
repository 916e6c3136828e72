import type pg from 'pg';
import { ConfigFile } from '../../config-file/config-file.js';
import { failed, ok, skipped, warning, type Finding } from './check.js';

/**
 * Whether the configuration file can be read, and whether the database has been made what it says.
 *
 * @param client null where the database cannot be asked
 */
export async function checkConfigFile(
  named: string | undefined,
  client: pg.Client | null,
): Promise<Finding> {
  const file = await readOrTell(named);
  if (file === null) return skipped('there is none');
  if (!(file instanceof ConfigFile)) return file;
  const applied = client === null ? null : await readApplied(client);
  if (applied === file.revision) return ok(`${file.path}, revision ${file.revision}`);
  const last = applied === null ? 'none was applied yet' : `${applied} was applied last`;
  return warning(
    `${file.path} has revision ${file.revision}, and ${last}.`,
    'See `clary config plan`, then `clary config apply`.',
  );
}

async function readOrTell(named: string | undefined): Promise<ConfigFile | Finding | null> {
  try {
    return await ConfigFile.read(named);
  } catch (error) {
    return failed((error as Error).message, 'Correct the file: the API does not start with it.');
  }
}

async function readApplied(client: pg.Client): Promise<number | null> {
  const { rows: tables } = await client.query<{ there: boolean }>(
    "SELECT to_regclass('auth_applied_configuration') IS NOT NULL AS there",
  );
  if (tables[0]?.there !== true) return null;
  const { rows } = await client.query<{ revision: string }>(
    'SELECT revision FROM auth_applied_configuration',
  );
  return rows[0] === undefined ? null : Number(rows[0].revision);
}
