import { Injectable } from '@nestjs/common';
import { DataSource, type EntityTarget, type ObjectLiteral } from 'typeorm';
import { Account } from '../accounts/account.entity.js';
import type { Environment } from '../environment.js';
import { ApiKey } from './api-key.entity.js';
import type { KeyRecord } from './key-record.js';

/** A row as the driver gives it. */
type Row = Omit<KeyRecord, 'account'> & {
  readonly accountTier: KeyRecord['account']['tier'];
  readonly accountStatus: KeyRecord['account']['status'];
};

const COLUMNS = `
  key.id, key.account_id AS "accountId", key.environment, key.tier, key.permissions, key.methods, key.verifier,
  key.sealed_digest AS "sealedDigest", key.allowed_ips AS "allowedIps", key.expires_at AS "expiresAt",
  key.disabled_at AS "disabledAt", key.revoked_at AS "revokedAt", key.tokens_not_before AS "tokensNotBefore",
  key.rotated_to AS "rotatedTo",
  account.tier AS "accountTier", account.status AS "accountStatus"`;

/** Keys as authentication reads them: many by one query, and without the cost of entities. */
@Injectable()
export class KeyRecordRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Those of the keys that exist, in any order, in whatever state they are. */
  async findByIds(ids: readonly string[]): Promise<KeyRecord[]> {
    const sql = `
      SELECT ${COLUMNS}
      FROM ${this.table(ApiKey)} key JOIN ${this.table(Account)} account ON account.id = key.account_id
      WHERE key.id = ANY($1)`;
    return (await this.dataSource.query<Row[]>(sql, [ids])).map(toRecord);
  }

  /**
   * The keys of accounts that may have signed a JWT which names none: usable ones of this environment that allow JWTs.
   * Of each account the oldest first, a successor in its predecessor's place and the predecessor after it.
   *
   * @param limit how many of an account at most: each account costs as many rows, however many keys it has
   */
  async findSigners(
    accountIds: readonly string[],
    environment: Environment,
    limit: number,
  ): Promise<KeyRecord[]> {
    const sql = `
      SELECT ${COLUMNS}
      FROM ${this.table(Account)} account
      CROSS JOIN LATERAL (
        SELECT * FROM ${this.table(ApiKey)} key
        WHERE key.account_id = account.id AND key.environment = $2 AND 'jwt' = ANY(key.methods)
          AND key.revoked_at IS NULL AND key.disabled_at IS NULL
          AND (key.expires_at IS NULL OR key.expires_at > $3)
        ORDER BY key.lineage_created_at, key.lineage_id, key.created_at DESC, key.id
        LIMIT $4
      ) key
      WHERE account.id = ANY($1) AND account.status = 'active'
      ORDER BY account.id, key.lineage_created_at, key.lineage_id, key.created_at DESC, key.id`;
    const values = [accountIds, environment, new Date(), limit];
    return (await this.dataSource.query<Row[]>(sql, values)).map(toRecord);
  }

  private table(entity: EntityTarget<ObjectLiteral>): string {
    const { tablePath } = this.dataSource.getMetadata(entity);
    return tablePath
      .split('.')
      .map((name) => this.dataSource.driver.escape(name))
      .join('.');
  }
}

function toRecord({ accountTier, accountStatus, ...row }: Row): KeyRecord {
  return {
    ...row,
    expiresAt: toDate(row.expiresAt),
    disabledAt: toDate(row.disabledAt),
    revokedAt: toDate(row.revokedAt),
    tokensNotBefore: toDate(row.tokensNotBefore),
    account: { tier: accountTier, status: accountStatus },
  };
}

/** A host may have set the driver to give times as texts, which compare with a date as neither earlier nor later. */
function toDate(value: Date | string | null): Date | null {
  return value === null ? null : new Date(value);
}
