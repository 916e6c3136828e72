import { authMigrations } from '@clary/nestjs-auth/migrations';
import type pg from 'pg';
import { apiMigrations } from '../../migrations/index.js';
import { failed, ok, warning, type Finding } from './check.js';

/** The migrations of this software against those of the database. */
export async function checkMigrations(client: pg.Client): Promise<Finding> {
  const known = [...authMigrations, ...apiMigrations].map((Migration) => nameOf(new Migration()));
  const applied = await readApplied(client);
  const newer = applied.filter((name) => !known.includes(name));
  if (newer.length > 0)
    return failed(
      `The database is newer than this software: ${newer.join(', ')}.`,
      'Run the release that the database was last started with, or a later one.',
    );
  const pending = known.filter((name) => !applied.includes(name));
  if (pending.length === 0) return ok(`all ${known.length} applied`);
  return warning(
    `${pending.length} of ${known.length} migrations are not applied.`,
    'The next start of the API applies them.',
  );
}

/** Whether the tables of keys are there to be looked at. */
export async function hasTables(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ there: boolean }>(
    "SELECT to_regclass('auth_master_keys') IS NOT NULL AND to_regclass('auth_api_keys') IS NOT NULL AS there",
  );
  return rows[0]?.there === true;
}

/** TypeORM's own look at them would make the table. */
async function readApplied(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ there: boolean }>(
    "SELECT to_regclass('migrations') IS NOT NULL AS there",
  );
  if (rows[0]?.there !== true) return [];
  return (await client.query<{ name: string }>('SELECT name FROM migrations')).rows.map(
    ({ name }) => name,
  );
}

const nameOf = (migration: { name?: string; constructor: { name: string } }): string =>
  migration.name ?? migration.constructor.name;
