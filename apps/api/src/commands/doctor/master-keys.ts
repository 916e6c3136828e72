import {
  SEALED_VERSION_SQL,
  MasterKeyRing,
  type MasterKey,
  type MasterKeyCheckValue,
} from '@clary/nestjs-auth';
import type pg from 'pg';
import { failed, ok, warning, type Finding } from './check.js';

/** What the database knows of the master keys. */
export interface KnownMasterKeys {
  readonly checks: readonly MasterKeyCheckValue[];
  /** How many keys are sealed under each version. */
  readonly sealed: ReadonlyMap<number, number>;
}

/** @param configured newest first; null for none */
export async function checkMasterKeys(
  client: pg.Client,
  configured: readonly MasterKey[] | null,
): Promise<Finding> {
  return judgeMasterKeys(configured ?? [], await readKnown(client));
}

/** The configured master keys against what the database knows. */
export function judgeMasterKeys(
  configured: readonly MasterKey[],
  { checks, sealed }: KnownMasterKeys,
): Finding {
  const ring = new MasterKeyRing(configured);
  const { versions } = ring;
  const own = new Map(ring.checkValues().map(({ version, value }) => [version, value]));
  const wrong = checks.find(({ version, value }) => own.get(version)?.equals(value) === false);
  if (wrong !== undefined)
    return failed(
      `Master key version ${wrong.version} is not the one this database was written with.`,
      'Give the original back, or give the new key a version of its own.',
    );
  const lost = [...sealed].filter(([version]) => !versions.includes(version));
  if (lost.length > 0)
    return failed(
      `${listed(lost)}, not configured: JWTs of these keys are answered with 503.`,
      'Give the missing versions back in CLARY_MASTER_KEYS.',
    );
  return versions.length === 0
    ? failed('There is no master key: no API key can be issued.', NO_KEY)
    : judgeOlder(versions, sealed);
}

const NO_KEY =
  'Set CLARY_MASTER_KEYS (`clary master-key generate` makes one); see docs/operations.';

function judgeOlder(versions: readonly number[], sealed: ReadonlyMap<number, number>): Finding {
  const [newest, ...older] = versions;
  const behind = [...sealed].filter(([version]) => version !== newest);
  if (behind.length > 0) return warning(`${listed(behind)}.`, 'Run `clary master-key reseal`.');
  if (older.length > 0)
    return warning(
      `Nothing is sealed under version ${older.join(', ')} any more.`,
      'Take it out of CLARY_MASTER_KEYS.',
    );
  return ok(`version ${newest}, seals ${sealed.get(newest ?? 0) ?? 0} keys`);
}

const listed = (versions: readonly (readonly [number, number])[]): string =>
  versions
    .map(([version, count]) => `${count} keys are sealed under version ${version}`)
    .join(', ');

async function readKnown(client: pg.Client): Promise<KnownMasterKeys> {
  const checks = await client.query<{ version: string; value: Buffer }>(
    'SELECT version, check_value AS value FROM auth_master_keys',
  );
  const sealed = await client.query<{ version: string; count: string }>(
    `SELECT ${SEALED_VERSION_SQL} AS version, count(*) FROM auth_api_keys GROUP BY 1 ORDER BY 1`,
  );
  return {
    checks: checks.rows.map(({ version, value }) => ({ version: Number(version), value })),
    sealed: new Map(sealed.rows.map(({ version, count }) => [Number(version), Number(count)])),
  };
}
