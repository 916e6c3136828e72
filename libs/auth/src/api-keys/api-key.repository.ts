import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Environment } from '../environment.js';
import type { QueryDeepPartialEntity } from 'typeorm/query-builder/QueryPartialEntity.js';
import { ApiKey } from './api-key.entity.js';

/** API keys as they are stored; each comes with its account. */
@Injectable()
export class ApiKeyRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Stores a new key. */
  async insert(key: ApiKey, manager: EntityManager = this.dataSource.manager): Promise<void> {
    // `metadata` is any JSON object, which TypeORM's type of a partial entity cannot say.
    await manager.insert(ApiKey, key as QueryDeepPartialEntity<ApiKey>);
  }

  /** The key with this public id, in whatever state, or null. */
  findById(id: string): Promise<ApiKey | null> {
    return this.withAccount().where('key.id = :id', { id }).getOne();
  }

  /**
   * The keys of an account that may have signed a JWT which names none: usable ones of this environment that allow
   * JWTs, oldest first, a successor in its predecessor's place and the predecessor after it.
   *
   * @param limit how many at most
   */
  findSigners(
    accountId: string,
    environment: Environment,
    now: Date,
    limit: number,
  ): Promise<ApiKey[]> {
    return this.withAccount()
      .where('key.accountId = :accountId AND key.environment = :environment', {
        accountId,
        environment,
      })
      .andWhere(`key.revokedAt IS NULL AND key.disabledAt IS NULL AND 'jwt' = ANY(key.methods)`)
      .andWhere('(key.expiresAt IS NULL OR key.expiresAt > :now)', { now })
      .andWhere(`account.status = 'active'`)
      .orderBy({
        'key.lineageCreatedAt': 'ASC',
        'key.lineageId': 'ASC',
        'key.createdAt': 'DESC',
        'key.id': 'ASC',
      })
      .limit(limit)
      .getMany();
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

  private withAccount() {
    return this.dataSource.manager
      .createQueryBuilder(ApiKey, 'key')
      .innerJoinAndSelect('key.account', 'account');
  }
}
