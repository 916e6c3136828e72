import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AccountRepository } from '../accounts/account.repository.js';
import { AuditedAccounts } from '../accounts/audited-accounts.js';
import type { OperatorActor } from '../actor.js';
import { ApiKeyRepository } from '../api-keys/api-key.repository.js';
import type { ApiKey } from '../api-keys/api-key.entity.js';
import { AuditedApiKeys } from '../api-keys/audited-api-keys.js';
import { AuthSettings } from '../auth.settings.js';
import { Transactions } from '../database/transactions.js';
import { AppliedConfigurationRepository } from './applied-configuration.repository.js';
import { digestOf, type DesiredState } from './desired-state.js';
import { plan, type StoredState } from './plan.js';
import type { ReconciliationPlan } from './plan-types.js';
import { InvalidDesiredStateError } from './reconciliation.errors.js';

const ACTOR: OperatorActor = { type: 'config' };

/** Makes accounts and keys what a configuration file says they are. No ceiling binds it: the file is the operator's. */
@Injectable()
export class ReconciliationService {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly keys: ApiKeyRepository,
    private readonly applied: AppliedConfigurationRepository,
    private readonly auditedAccounts: AuditedAccounts,
    private readonly auditedKeys: AuditedApiKeys,
    private readonly transactions: Transactions,
    private readonly settings: AuthSettings,
  ) {}

  /**
   * What `apply` would do now.
   *
   * @throws InvalidDesiredStateError
   */
  async plan(desired: DesiredState): Promise<ReconciliationPlan> {
    const keys = await this.keys.findConfigured(idsOf(desired.keys));
    const [applied, accounts] = await Promise.all([
      this.applied.find(),
      this.accounts.findAll(ownersOf(desired, keys)),
    ]);
    return this.planFrom(desired, { applied, accounts, keys });
  }

  /**
   * Does what has to be done, all of it or nothing. Of several processes one does it, and the others find it done.
   *
   * @returns what was done
   * @throws InvalidDesiredStateError
   */
  apply(
    desired: DesiredState,
    { manager }: { readonly manager?: EntityManager } = {},
  ): Promise<ReconciliationPlan> {
    return this.transactions.run(manager, async (transaction) => {
      await this.applied.lock(transaction);
      const planned = this.planFrom(desired, await this.lock(desired, transaction));
      if (planned.status === 'apply') await this.store(desired, planned, transaction);
      return planned;
    });
  }

  private planFrom(desired: DesiredState, stored: StoredState): ReconciliationPlan {
    const planned = plan(desired, stored, { settings: this.settings, now: new Date() });
    if (planned.status === 'invalid') throw new InvalidDesiredStateError(planned.problems);
    return planned;
  }

  /** Accounts before their keys, as every other change locks them. */
  private async lock(desired: DesiredState, manager: EntityManager): Promise<StoredState> {
    const ids = idsOf(desired.keys);
    const found = await this.keys.findConfigured(ids, manager);
    const accounts = await this.accounts.lockAll(ownersOf(desired, found), manager);
    const keys = await this.keys.lockConfigured(ids, manager);
    return { applied: await this.applied.find(manager), accounts, keys };
  }

  private async store(
    desired: DesiredState,
    { revision, creations, changes, revocations }: ReconciliationPlan,
    manager: EntityManager,
  ): Promise<void> {
    await this.auditedAccounts.insertAll(creations.accounts, ACTOR, manager);
    await this.auditedAccounts.saveAll(changes.accounts, ACTOR, manager);
    await this.auditedKeys.insertAll(creations.keys, ACTOR, manager);
    const updated = { action: 'api_key.updated', actor: ACTOR } as const;
    await this.auditedKeys.saveAll(changes.keys, updated, manager);
    const revoked = { action: 'api_key.revoked', actor: ACTOR } as const;
    await this.auditedKeys.saveAll(revocations, revoked, manager);
    const digest = digestOf(desired);
    await this.applied.store({ revision, digest, appliedAt: new Date() }, manager);
  }
}

function idsOf(entries: readonly { readonly id: string }[]): string[] {
  return entries.map(({ id }) => id);
}

/** Ids of all accounts that a reconciliation concerns. */
function ownersOf({ accounts, keys }: DesiredState, stored: readonly ApiKey[]): string[] {
  return [
    ...new Set([...idsOf(accounts), ...[...keys, ...stored].map(({ accountId }) => accountId)]),
  ];
}
