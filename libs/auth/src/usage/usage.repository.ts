import { Injectable } from '@nestjs/common';
import { DataSource, In, MoreThanOrEqual } from 'typeorm';
import { KeyUse } from './key-use.entity.js';
import { PermissionUse } from './permission-use.entity.js';
import type { UsageBatch } from './usage-batch.js';
import { UsageCount } from './usage-count.entity.js';
import type { UsageOutcome } from './usage-line.js';
import { UsageWriter } from './usage-writer.entity.js';

/** Within what usage is summed. */
export type UsageGranularity = 'hour' | 'day';

/** Which usage is asked for; what may be left out does not matter. */
export interface UsageFilter {
  /** Whose keys. */
  readonly accountId?: string | undefined;
  /** Public id of one key. */
  readonly keyId?: string | undefined;
  /** From this time on: the start of an hour or day in UTC. */
  readonly from: Date;
  /** Before this time: the start of an hour or day in UTC. */
  readonly to: Date;
  /** Within what it is summed, in UTC. */
  readonly granularity: UsageGranularity;
  /** How many sums at most. */
  readonly limit: number;
}

/** A sum. */
export interface UsageSum {
  /** Start of the hour or day. */
  readonly from: Date;
  /** Public id of the key. */
  readonly keyId: string;
  /** Method and path with parameters in braces. */
  readonly route: string;
  /** What became of the requests. */
  readonly outcome: UsageOutcome;
  /** How many there were. */
  readonly count: number;
}

/** A sum as the driver reads it. */
type StoredSum = Omit<UsageSum, 'from' | 'count'> & {
  readonly start: Date;
  readonly count: string;
};

/** When a key last had need of a permission. */
export type PermissionUsed = Pick<PermissionUse, 'permission' | 'lastUsedAt'>;

/** Usage as it is stored: counts by the hour, and when keys and permissions were last used. */
@Injectable()
export class UsageRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Adds a batch, once however often it is sent. Keys that are no longer there are passed over.
   *
   * @param writer another for each process
   * @param number of the batch; a writer's numbers grow
   */
  async addOnce(writer: string, number: number, batch: UsageBatch): Promise<void> {
    const { lines, permissionUses } = batch;
    const keyUses = [...batch.keyUses];
    await this.dataSource.query(ADD_ONCE, [
      writer,
      number,
      lines.map(({ hour }) => hour.toISOString()),
      lines.map(({ keyId }) => keyId),
      lines.map(({ route }) => route.template),
      lines.map(({ outcome }) => outcome),
      lines.map(({ count }) => count),
      keyUses.map(([keyId]) => keyId),
      keyUses.map(([, lastAt]) => new Date(lastAt).toISOString()),
      permissionUses.map(({ keyId }) => keyId),
      permissionUses.map(({ permission }) => permission),
      permissionUses.map(({ lastAt }) => new Date(lastAt).toISOString()),
    ]);
  }

  /** Sums, newest first, then by key, route and outcome. */
  async sum(filter: UsageFilter): Promise<UsageSum[]> {
    const { accountId, keyId, from, to, granularity, limit } = filter;
    const query = this.dataSource.manager
      .createQueryBuilder(UsageCount, 'usage')
      .select(`date_trunc(:granularity, usage.hour, 'UTC')`, 'start')
      .addSelect('usage.keyId', 'keyId')
      .addSelect('usage.route', 'route')
      .addSelect('usage.outcome', 'outcome')
      .addSelect('sum(usage.count)', 'count')
      .where('usage.hour >= :from AND usage.hour < :to', { from, to, granularity });
    if (accountId !== undefined) query.andWhere('usage.accountId = :accountId', { accountId });
    if (keyId !== undefined) query.andWhere('usage.keyId = :keyId', { keyId });
    const sums = await query
      .groupBy('start, usage.keyId, usage.route, usage.outcome')
      .orderBy({
        start: 'DESC',
        'usage.keyId': 'ASC',
        'usage.route': 'ASC',
        'usage.outcome': 'ASC',
      })
      .limit(limit)
      .getRawMany<StoredSum>();
    return sums.map(({ start, count, ...sum }) => ({ ...sum, from: start, count: Number(count) }));
  }

  /** When these keys were last used, as far as that is known. */
  findKeyUses(keyIds: readonly string[]): Promise<KeyUse[]> {
    return this.dataSource.manager.findBy(KeyUse, { keyId: In(keyIds) });
  }

  /** Which permissions a key had need of since then, and when it last had. */
  async findPermissionUses(keyId: string, since: Date): Promise<PermissionUsed[]> {
    const where = { keyId, lastUsedAt: MoreThanOrEqual(since) };
    const uses = await this.dataSource.manager.findBy(PermissionUse, where);
    return uses.map(({ permission, lastUsedAt }) => ({ permission, lastUsedAt }));
  }

  /**
   * Removes the counts of hours that begin before a time, and writers that have not written since another.
   *
   * @returns how many counts were removed
   */
  async prune(before: Date, writtenBefore: Date): Promise<number> {
    const remove = this.dataSource.manager.createQueryBuilder().delete();
    await remove
      .from(UsageWriter)
      .where('written_at < :writtenBefore', { writtenBefore })
      .execute();
    const { affected } = await this.dataSource.manager
      .createQueryBuilder()
      .delete()
      .from(UsageCount)
      .where('hour < :before', { before })
      .execute();
    return affected ?? 0;
  }
}

/**
 * One statement is all or nothing, also when its answer is lost or waited for no longer. Rows are written in their order,
 * so that two processes do not wait for each other.
 */
const ADD_ONCE = `
  WITH batch AS (
    INSERT INTO auth_usage_writers AS writer (id, batch, written_at) VALUES ($1, $2::bigint, now())
    ON CONFLICT (id) DO UPDATE SET batch = excluded.batch, written_at = excluded.written_at
    WHERE writer.batch < excluded.batch
    RETURNING writer.id
  ), counted AS (
    INSERT INTO auth_usage AS usage (hour, key_id, route, outcome, account_id, count)
    SELECT line.hour, line.key_id, line.route, line.outcome, key.account_id, sum(line.count)
    FROM batch
    CROSS JOIN unnest($3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::bigint[])
      AS line (hour, key_id, route, outcome, count)
    JOIN auth_api_keys AS key ON key.id = line.key_id
    GROUP BY 1, 2, 3, 4, 5
    ORDER BY 1, 2, 3, 4
    ON CONFLICT (hour, key_id, route, outcome) DO UPDATE SET count = usage.count + excluded.count
  ), used AS (
    INSERT INTO auth_key_uses AS known (key_id, last_used_at)
    SELECT used.key_id, used.at
    FROM batch
    CROSS JOIN unnest($8::text[], $9::timestamptz[]) AS used (key_id, at)
    JOIN auth_api_keys AS key ON key.id = used.key_id
    ORDER BY 1
    ON CONFLICT (key_id) DO UPDATE SET last_used_at = greatest(known.last_used_at, excluded.last_used_at)
  )
  INSERT INTO auth_permission_uses AS known (key_id, permission, last_used_at)
  SELECT used.key_id, used.permission, used.at
  FROM batch
  CROSS JOIN unnest($10::text[], $11::text[], $12::timestamptz[]) AS used (key_id, permission, at)
  JOIN auth_api_keys AS key ON key.id = used.key_id
  ORDER BY 1, 2
  ON CONFLICT (key_id, permission)
    DO UPDATE SET last_used_at = greatest(known.last_used_at, excluded.last_used_at)`;
