import { Injectable } from '@nestjs/common';
import type { ApiKey } from '../api-keys/api-key.entity.js';
import { ApiKeyRepository } from '../api-keys/api-key.repository.js';
import { statusOf } from '../api-keys/api-key.state.js';
import type { KeyRecord } from '../api-keys/key-record.js';
import type { KeyRecordRepository } from '../api-keys/key-record.repository.js';
import type { ChangeListener } from '../changes/change-listener.js';
import type { Environment } from '../environment.js';
import { compare, type InMemoryApiKeyRepository, type Offered } from './in-memory-store.js';

/** The keys of `InMemoryApiKeyRepository`, as authentication reads them. */
@Injectable()
export class InMemoryKeyRecordRepository implements Offered<KeyRecordRepository> {
  private readonly keys: InMemoryApiKeyRepository;

  constructor(keys: ApiKeyRepository) {
    this.keys = keys as unknown as InMemoryApiKeyRepository;
  }

  findByIds(ids: readonly string[]): Promise<KeyRecord[]> {
    return Promise.resolve(this.keys.filter(({ id }) => ids.includes(id)));
  }

  findSigners(
    accountIds: readonly string[],
    environment: Environment,
    limit: number,
  ): Promise<KeyRecord[]> {
    const now = new Date();
    const isUsable = (key: ApiKey): boolean =>
      key.environment === environment &&
      key.methods.includes('jwt') &&
      key.account.status === 'active' &&
      statusOf(key, now) === 'active';
    const signers = accountIds.flatMap((accountId) =>
      this.keys
        .filter((key) => key.accountId === accountId && isUsable(key))
        .sort(byLineage)
        .slice(0, limit),
    );
    return Promise.resolve(signers);
  }
}

/** Nobody else changes what is in memory. */
@Injectable()
export class InMemoryChangeListener implements Offered<ChangeListener> {
  readonly state = 'off';

  onApplicationBootstrap(): Promise<void> {
    return Promise.resolve();
  }

  beforeApplicationShutdown(): void {
    // There is nothing to let go of.
  }

  catchUp(): Promise<boolean> {
    return Promise.resolve(true);
  }
}

/** Oldest chain of rotations first; in a chain the successor before its predecessor. */
function byLineage(one: ApiKey, other: ApiKey): number {
  return (
    Number(one.lineageCreatedAt) - Number(other.lineageCreatedAt) ||
    compare(one.lineageId, other.lineageId) ||
    Number(other.createdAt) - Number(one.createdAt) ||
    compare(one.id, other.id)
  );
}
