import type pg from 'pg';
import { ok, warning, type Finding } from './check.js';

/** Whether anybody may administer this environment by a key. */
export async function checkAdminKey(client: pg.Client, environment: string): Promise<Finding> {
  const { rows } = await client.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM auth_api_keys
     WHERE environment = $1 AND 'admin' = ANY (permissions) AND revoked_at IS NULL AND disabled_at IS NULL
       AND (expires_at IS NULL OR expires_at > now())`,
    [environment],
  );
  const count = rows[0]?.count ?? 0;
  if (count > 0) return ok(`${count} in ${environment}`);
  return warning(
    `There is no usable admin key in ${environment}.`,
    'Run `clary keys create --account acct_… --name Admin --permissions "*,admin"`.',
  );
}
