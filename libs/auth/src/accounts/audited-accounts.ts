import { Injectable } from '@nestjs/common';
import { isDeepStrictEqual } from 'node:util';
import type { EntityManager } from 'typeorm';
import type { Actor } from '../actor.js';
import { AuditService } from '../audit/audit.service.js';
import type { AuditAction, AuditState } from '../audit/audit-event.entity.js';
import type { Account } from './account.entity.js';
import { AccountRepository } from './account.repository.js';
import { snapshotOf } from './account-snapshot.js';

/** An account that may have changed, and its snapshot of before. */
export interface ChangedAccount {
  /** As it is to be. */
  readonly account: Account;
  /** Its snapshot of then. */
  readonly before: AuditState;
}

/** Stores accounts, each change with its event in the audit log: neither is there without the other. */
@Injectable()
export class AuditedAccounts {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly audit: AuditService,
  ) {}

  /** Stores new accounts. */
  async insertAll(
    accounts: readonly Account[],
    actor: Actor,
    manager: EntityManager,
  ): Promise<void> {
    await this.accounts.insertAll(accounts, manager);
    const created = accounts.map((account) => ({ account, before: null }));
    await this.record('account.created', created, actor, manager);
  }

  /** Stores what has changed of accounts; where nothing has, nothing is done. */
  async saveAll(
    all: readonly ChangedAccount[],
    actor: Actor,
    manager: EntityManager,
  ): Promise<void> {
    const changed = all.filter(
      ({ account, before }) => !isDeepStrictEqual(before, snapshotOf(account)),
    );
    await this.accounts.saveAll(
      changed.map(({ account }) => account),
      manager,
    );
    await this.record('account.updated', changed, actor, manager);
  }

  private record(
    action: AuditAction,
    changes: readonly { readonly account: Account; readonly before: AuditState | null }[],
    actor: Actor,
    manager: EntityManager,
  ): Promise<void> {
    const entries = changes.map(({ account, before }) => {
      const target = { type: 'account', id: account.id } as const;
      const after = snapshotOf(account);
      return { action, actor, accountId: account.id, target, before, after };
    });
    return this.audit.recordAll(entries, manager);
  }
}
