import { Injectable } from '@nestjs/common';
import { EntityNotFoundError, type EntityManager } from 'typeorm';
import { ApiKey } from '../api-keys/api-key.entity.js';
import type { ApiKeyFilter, ApiKeyRepository } from '../api-keys/api-key.repository.js';
import { isAlive, statusOf } from '../api-keys/api-key.state.js';
import { ChangeClock } from '../cache/change-clock.js';
import type { AuditEvent } from '../audit/audit-event.entity.js';
import type { AuditEventRepository } from '../audit/audit-event.repository.js';
import type { Transactions } from '../database/transactions.js';
import type { Environment } from '../environment.js';
import { ADMIN } from '../permission.js';

/** What a class offers to others. */
export type Offered<Class> = Pick<Class, keyof Class>;

/** No transactions: what is stored stays. */
@Injectable()
export class InMemoryTransactions implements Offered<Transactions> {
  run<Result>(_: unknown, work: (manager: EntityManager) => Promise<Result>): Promise<Result> {
    // Nothing in memory asks for it.
    return work(undefined as unknown as EntityManager);
  }
}

/** API keys, for as long as a test lives. */
@Injectable()
export class InMemoryApiKeyRepository implements Offered<ApiKeyRepository> {
  private readonly keys = new Map<string, ApiKey>();

  constructor(private readonly changes: ChangeClock) {}

  insert(key: ApiKey): Promise<void> {
    return this.insertAll([key]);
  }

  findById(id: string): Promise<ApiKey | null> {
    return Promise.resolve(this.keys.get(id) ?? null);
  }

  async lock(id: string): Promise<ApiKey> {
    const key = await this.findById(id);
    if (key === null) throw new EntityNotFoundError(ApiKey, { id });
    return key;
  }

  save(key: ApiKey): Promise<void> {
    return this.insert(key);
  }

  insertAll(keys: readonly ApiKey[]): Promise<void> {
    for (const key of keys) this.keys.set(key.id, key);
    this.changes.touchAll();
    return Promise.resolve();
  }

  saveAll(keys: readonly ApiKey[]): Promise<void> {
    return this.insertAll(keys);
  }

  findConfigured(ids: readonly string[]): Promise<ApiKey[]> {
    const found = this.filter(({ id, source }) => source === 'config' || ids.includes(id));
    return Promise.resolve(found);
  }

  lockConfigured(ids: readonly string[]): Promise<ApiKey[]> {
    return this.findConfigured(ids);
  }

  countKept(accountId: string, besides: string, now: Date): Promise<number> {
    const kept = this.filter(
      (key) =>
        key.accountId === accountId &&
        key.id !== besides &&
        key.rotatedTo === null &&
        isAlive(key, now),
    );
    return Promise.resolve(kept.length);
  }

  list({ limit, offset, ...filter }: ApiKeyFilter, now: Date): Promise<[ApiKey[], number]> {
    const { accountId, environment, status, expiresBefore } = filter;
    const all = this.filter(
      (key) =>
        (accountId ?? key.accountId) === key.accountId &&
        (environment ?? key.environment) === key.environment &&
        (status ?? statusOf(key, now)) === statusOf(key, now) &&
        (expiresBefore === undefined ||
          (isAlive(key, now) && key.expiresAt !== null && key.expiresAt <= expiresBefore)),
    ).sort((one, other) => byAge(other, one));
    return Promise.resolve([all.slice(offset, offset + limit), all.length]);
  }

  hasAdminKey(environment: Environment): Promise<boolean> {
    const found = this.filter(
      (key) => key.environment === environment && key.permissions.includes(ADMIN),
    );
    return Promise.resolve(found.length > 0);
  }

  findFirstBootstrapKey(): Promise<ApiKey | null> {
    const [first] = this.filter(({ source }) => source === 'bootstrap').sort(byAge);
    return Promise.resolve(first ?? null);
  }

  /** Those that fulfil the condition. */
  filter(condition: (key: ApiKey) => boolean): ApiKey[] {
    return [...this.keys.values()].filter(condition);
  }
}

/** An audit log that keeps nothing. */
@Injectable()
export class InMemoryAuditEventRepository implements Offered<AuditEventRepository> {
  insert(): Promise<void> {
    return Promise.resolve();
  }

  insertOnce(): Promise<void> {
    return Promise.resolve();
  }

  list(): Promise<[AuditEvent[], number]> {
    return Promise.resolve([[], 0]);
  }

  prune(): Promise<number> {
    return Promise.resolve(0);
  }
}

function byAge(one: ApiKey, other: ApiKey): number {
  return Number(one.createdAt) - Number(other.createdAt) || compare(one.id, other.id);
}

/** By code unit: the order of text in a database whose collation is `C`. */
export function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
