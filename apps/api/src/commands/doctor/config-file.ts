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
  return applied === null ? notApplied(file, 'none was applied yet') : judge(file, applied);
}

function judge(file: ConfigFile, { revision, digest }: Applied): Finding {
  const place = `${file.path}, revision ${file.revision}`;
  if (file.revision > revision) return notApplied(file, `${revision} was applied last`);
  if (file.revision < revision)
    return warning(
      `${place}, is older than what was applied last (${revision}), and is passed over.`,
      'Bring the newest file here.',
    );
  if (file.digest.equals(digest)) return ok(place);
  return failed(
    `${place}, was applied with other content: the API does not start with it.`,
    'Raise the revision.',
  );
}

const notApplied = ({ path, revision }: ConfigFile, last: string): Finding =>
  warning(
    `${path} has revision ${revision}, and ${last}.`,
    'See `clary config plan`, then `clary config apply`.',
  );

/** What was applied last. */
interface Applied {
  readonly revision: number;
  readonly digest: Buffer;
}

async function readOrTell(named: string | undefined): Promise<ConfigFile | Finding | null> {
  try {
    return await ConfigFile.read(named);
  } catch (error) {
    return failed((error as Error).message, 'Correct the file: the API does not start with it.');
  }
}

async function readApplied(client: pg.Client): Promise<Applied | null> {
  const { rows: tables } = await client.query<{ there: boolean }>(
    "SELECT to_regclass('auth_applied_configuration') IS NOT NULL AS there",
  );
  if (tables[0]?.there !== true) return null;
  const { rows } = await client.query<{ revision: string; digest: Buffer }>(
    'SELECT revision, digest FROM auth_applied_configuration',
  );
  const [row] = rows;
  return row === undefined ? null : { ...row, revision: Number(row.revision) };
}
