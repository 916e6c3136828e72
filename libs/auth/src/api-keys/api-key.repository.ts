import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { namesOfKey } from '../cache/change-clock.js';
import { CommittedChanges } from '../changes/committed-changes.js';
import { insertRows, upsertRows } from '../database/rows.js';
import type { Environment } from '../environment.js';
import type { QueryDeepPartialEntity } from 'typeorm/query-builder/QueryPartialEntity.js';
import { ApiKey } from './api-key.entity.js';
import type { ApiKeyStatus } from './api-key.state.js';

/** Which keys are asked for; what is left out does not matter. */
export interface ApiKeyFilter {
  /** Whose they are. */
  readonly accountId?: string | undefined;
  /** Where they are accepted. */
  readonly environment?: Environment | undefined;
  /** What they are now. */
  readonly status?: ApiKeyStatus | undefined;
  /** Keys that are neither revoked nor expired, and will be by then. */
  readonly expiresBefore?: Date | undefined;
  /** How many at most. */
  readonly limit: number;
  /** How many to pass over. */
  readonly offset: number;
}

/** What may change in a key's life. Whose it is, where it counts and how it is recognised stay. */
const CHANGEABLE = [
  'name',
  'tier',
  'permissions',
  'methods',
  'allowedIps',
  'rateLimit',
  'metadata',
  'expiresAt',
  'disabledAt',
  'revokedAt',
  'tokensNotBefore',
  'rotatedTo',
] as const satisfies readonly (keyof ApiKey)[];

const ALIVE = 'key.revokedAt IS NULL AND (key.expiresAt IS NULL OR key.expiresAt > :now)';

/** `statusOf` in SQL. */
const STATUS = {
  active: `${ALIVE} AND key.disabledAt IS NULL`,
  disabled: `${ALIVE} AND key.disabledAt IS NOT NULL`,
  expired: 'key.revokedAt IS NULL AND key.expiresAt <= :now',
  revoked: 'key.revokedAt IS NOT NULL',
} as const satisfies Record<ApiKeyStatus, string>;

/** API keys as they are stored; each comes with its account. */
@Injectable()
export class ApiKeyRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly changes: CommittedChanges,
  ) {}

  /** Stores a new key. */
  async insert(key: ApiKey, manager: EntityManager = this.dataSource.manager): Promise<void> {
    // `metadata` is any JSON object, which TypeORM's type of a partial entity cannot say.
    await manager.insert(ApiKey, key as QueryDeepPartialEntity<ApiKey>);
    this.changes.note(manager, namesOfKey(key));
  }

  /** Stores new keys. */
  async insertAll(keys: readonly ApiKey[], manager: EntityManager): Promise<void> {
    await insertRows(manager, ApiKey, keys);
    this.changes.note(manager, keys.flatMap(namesOfKey));
  }

  /** The key with this public id, in whatever state, or null. */
  findById(id: string, manager?: EntityManager): Promise<ApiKey | null> {
    return this.withAccount(manager).where('key.id = :id', { id }).getOne();
  }

  /** The key with this id, which nobody else changes before the transaction ends. It must exist. */
  lock(id: string, manager: EntityManager): Promise<ApiKey> {
    return this.withAccount(manager)
      .where('key.id = :id', { id })
      .setLock('pessimistic_write', undefined, ['key'])
      .getOneOrFail();
  }

  /** Stores what has changed of a key. */
  async save(key: ApiKey, manager: EntityManager): Promise<void> {
    const values = Object.fromEntries(CHANGEABLE.map((column) => [column, key[column]]));
    await manager.update(ApiKey, key.id, values);
    this.changes.note(manager, namesOfKey(key));
  }

  /** Stores what has changed of keys. */
  async saveAll(keys: readonly ApiKey[], manager: EntityManager): Promise<void> {
    await upsertRows(manager, ApiKey, keys, CHANGEABLE);
    this.changes.note(manager, keys.flatMap(namesOfKey));
  }

  /** Every key that the configuration file made, and those with these ids, whatever made them. */
  findConfigured(ids: readonly string[], manager?: EntityManager): Promise<ApiKey[]> {
    return this.configured(ids, manager).getMany();
  }

  /** The same, and nobody else changes them before the transaction ends. */
  lockConfigured(ids: readonly string[], manager: EntityManager): Promise<ApiKey[]> {
    return this.configured(ids, manager).setLock('pessimistic_write', undefined, ['key']).getMany();
  }

  /**
   * How many keys an account has, active and disabled, in every environment. A predecessor in its grace does not count.
   *
   * @param besides id of a key that is not counted
   */
  countKept(
    accountId: string,
    besides: string,
    now: Date,
    manager: EntityManager,
  ): Promise<number> {
    return manager
      .createQueryBuilder(ApiKey, 'key')
      .where('key.accountId = :accountId AND key.id <> :besides', { accountId, besides })
      .andWhere(`${ALIVE} AND key.rotatedTo IS NULL`, { now })
      .getCount();
  }

  /** A page of keys, newest first, and how many there are in all. */
  list({ limit, offset, ...filter }: ApiKeyFilter, now: Date): Promise<[ApiKey[], number]> {
    const query = this.withAccount();
    const { accountId, environment, status, expiresBefore } = filter;
    if (accountId !== undefined) query.andWhere('key.accountId = :accountId', { accountId });
    if (environment !== undefined)
      query.andWhere('key.environment = :environment', { environment });
    if (status !== undefined) query.andWhere(STATUS[status], { now });
    if (expiresBefore !== undefined)
      query.andWhere(`${ALIVE} AND key.expiresAt <= :expiresBefore`, { now, expiresBefore });
    return query
      .orderBy({ 'key.createdAt': 'DESC', 'key.id': 'ASC' })
      .limit(limit)
      .offset(offset)
      .getManyAndCount();
  }

  /** Whether an `admin` key was ever made in this environment, revoked ones included. */
  hasAdminKey(
    environment: Environment,
    manager: EntityManager = this.dataSource.manager,
  ): Promise<boolean> {
    return manager
      .createQueryBuilder(ApiKey, 'key')
      .where(`key.environment = :environment AND 'admin' = ANY(key.permissions)`, { environment })
      .getExists();
  }

  /** The earliest key made by the start of an installation, in any environment, or null. */
  findFirstBootstrapKey(manager: EntityManager = this.dataSource.manager): Promise<ApiKey | null> {
    return manager.findOne(ApiKey, {
      where: { source: 'bootstrap' },
      order: { createdAt: 'ASC', id: 'ASC' },
    });
  }

  private configured(ids: readonly string[], manager?: EntityManager) {
    return this.withAccount(manager)
      .where(`key.source = 'config' OR key.id = ANY(:ids)`, { ids })
      .orderBy({ 'key.id': 'ASC' });
  }

  private withAccount(manager: EntityManager = this.dataSource.manager) {
    return manager.createQueryBuilder(ApiKey, 'key').innerJoinAndSelect('key.account', 'account');
  }
}
