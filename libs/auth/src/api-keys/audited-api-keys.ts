import { Injectable } from '@nestjs/common';
import { isDeepStrictEqual } from 'node:util';
import type { EntityManager } from 'typeorm';
import type { Actor } from '../actor.js';
import { AuditService, type AuditEntry } from '../audit/audit.service.js';
import type { AuditAction, AuditState } from '../audit/audit-event.entity.js';
import type { ApiKey } from './api-key.entity.js';
import { ApiKeyRepository } from './api-key.repository.js';
import { snapshotOf } from './snapshot.js';

/** What is done to a key, and by whom. */
export interface KeyAction {
  readonly action: AuditAction;
  readonly actor: Actor;
}

/** A key that may have changed, and its snapshot of before. */
export interface ChangedKey {
  /** As it is to be. */
  readonly key: ApiKey;
  /** Its snapshot of then. */
  readonly before: AuditState;
}

/** Stores keys, each change with its event in the audit log: neither is there without the other. */
@Injectable()
export class AuditedApiKeys {
  constructor(
    private readonly keys: ApiKeyRepository,
    private readonly audit: AuditService,
  ) {}

  /** Stores a new key. */
  async insert(key: ApiKey, actor: Actor, manager: EntityManager): Promise<void> {
    await this.keys.insert(key, manager);
    await this.record(key, { action: 'api_key.created', actor }, null, manager);
  }

  /**
   * Stores what has changed of a key; where nothing has, nothing is done.
   *
   * @param before the key's snapshot of then
   */
  async save(
    key: ApiKey,
    done: KeyAction,
    before: AuditState,
    manager: EntityManager,
  ): Promise<void> {
    if (isDeepStrictEqual(before, snapshotOf(key))) return;
    await this.keys.save(key, manager);
    await this.record(key, done, before, manager);
  }

  /** Stores new keys. */
  async insertAll(keys: readonly ApiKey[], actor: Actor, manager: EntityManager): Promise<void> {
    await this.keys.insertAll(keys, manager);
    const action = 'api_key.created';
    const entries = keys.map((key) => entryOf(key, { action, actor }, null));
    await this.audit.recordAll(entries, manager);
  }

  /** Stores what has changed of keys; where nothing has, nothing is done. */
  async saveAll(
    all: readonly ChangedKey[],
    done: KeyAction,
    manager: EntityManager,
  ): Promise<void> {
    const changed = all.filter(({ key, before }) => !isDeepStrictEqual(before, snapshotOf(key)));
    await this.keys.saveAll(
      changed.map(({ key }) => key),
      manager,
    );
    const entries = changed.map(({ key, before }) => entryOf(key, done, before));
    await this.audit.recordAll(entries, manager);
  }

  private record(
    key: ApiKey,
    done: KeyAction,
    before: AuditState | null,
    manager: EntityManager,
  ): Promise<void> {
    return this.audit.record(entryOf(key, done, before), manager);
  }
}

function entryOf(key: ApiKey, done: KeyAction, before: AuditState | null): AuditEntry {
  const { id, accountId } = key;
  const target = { type: 'api_key', id } as const;
  return { ...done, accountId, target, before, after: snapshotOf(key) };
}
