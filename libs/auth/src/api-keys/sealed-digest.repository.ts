import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ApiKey } from './api-key.entity.js';

/** The sealed digest of one key. */
export type SealedDigest = Pick<ApiKey, 'id' | 'accountId' | 'sealedDigest'>;

/** A sealed digest and what is to stand in its place. */
export interface Resealed {
  readonly id: string;
  /** What was read. */
  readonly old: Buffer;
  /** The same digest, sealed anew. */
  readonly renewed: Buffer;
}

/** The version of the master key that stands in a sealed digest, in SQL: bytes 2 to 5, big endian, as `seal` writes it. */
export const SEALED_VERSION_SQL = `('x' || encode(substring(sealed_digest FROM 2 FOR 4), 'hex'))::bit(32)::bigint`;

/** The digests of all keys, as they are sealed. */
@Injectable()
export class SealedDigestRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** How many keys there are under each version of the master key. */
  async countByVersion(): Promise<ReadonlyMap<number, number>> {
    const rows = await this.dataSource.query<{ version: string; count: string }[]>(
      `SELECT ${SEALED_VERSION_SQL} AS version, count(*) FROM auth_api_keys GROUP BY 1 ORDER BY 1`,
    );
    return new Map(rows.map(({ version, count }) => [Number(version), Number(count)]));
  }

  /**
   * A page of those that are not sealed under a version, in the order of their ids.
   *
   * @param after id; only later ones
   */
  findOthers(version: number, after: string, limit: number): Promise<SealedDigest[]> {
    return this.dataSource.manager
      .createQueryBuilder(ApiKey, 'key')
      .select(['key.id', 'key.accountId', 'key.sealedDigest'])
      .where(`key.id > :after AND ${SEALED_VERSION_SQL} <> :version`, { after, version })
      .orderBy('key.id')
      .limit(limit)
      .getMany();
  }

  /**
   * Stores digests that were sealed anew, each unless it was changed meanwhile. Rows that somebody else has locked are
   * passed over: to wait for some while holding others could deadlock with a rotation.
   *
   * @returns how many were stored
   */
  async replace(resealed: readonly Resealed[]): Promise<number> {
    const rows = await this.dataSource.query<[{ count: number }]>(
      `WITH free AS (
         SELECT id FROM auth_api_keys WHERE id = ANY ($1::text[]) FOR NO KEY UPDATE SKIP LOCKED
       ), stored AS (
         UPDATE auth_api_keys AS key SET sealed_digest = given.renewed
         FROM unnest($1::text[], $2::bytea[], $3::bytea[]) AS given (id, old, renewed), free
         WHERE key.id = given.id AND key.id = free.id AND key.sealed_digest = given.old
         RETURNING key.id
       ) SELECT count(*)::int AS count FROM stored`,
      [
        resealed.map(({ id }) => id),
        resealed.map(({ old }) => old),
        resealed.map(({ renewed }) => renewed),
      ],
    );
    return rows[0].count;
  }
}
