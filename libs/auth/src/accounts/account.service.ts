import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { SYSTEM, type ChangeOptions } from '../actor.js';
import { ApiKeyPolicy } from '../api-keys/api-key.policy.js';
import { AuthSettings } from '../auth.settings.js';
import type { Tier } from '../auth-types.js';
import { Transactions } from '../database/transactions.js';
import { ACCOUNT_ID_PREFIX, isId, newId } from '../credential/identifiers.js';
import { Account, type AccountStatus } from './account.entity.js';
import {
  AccountConflictError,
  AccountNotFoundError,
  InvalidAccountRequestError,
} from './account.errors.js';
import { AccountRepository, type AccountPage } from './account.repository.js';
import { AuditedAccounts } from './audited-accounts.js';
import { accountProblems } from './check-account.js';
import { snapshotOf } from './account-snapshot.js';

/** What is said of an account when it is made. */
export interface CreateAccount {
  /** 1 to 100 characters, no control characters. */
  readonly name: string;
  /** The ceiling of the account's keys. */
  readonly tier: Tier;
}

/** What is to change in an account; what is absent stays. */
export interface PatchAccount extends Partial<CreateAccount> {
  /** A suspended account has no key that gets in. */
  readonly status?: AccountStatus;
}

/** The customers that own keys. Who may make and change them is for the caller to say. */
@Injectable()
export class AccountService {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly transactions: Transactions,
    private readonly policy: ApiKeyPolicy,
    private readonly audited: AuditedAccounts,
    private readonly settings: AuthSettings,
  ) {}

  /**
   * Makes an account with a new id.
   *
   * @throws InvalidAccountRequestError
   * @throws Refusal, CeilingError when what let the caller in was taken away meanwhile
   */
  create({ name, tier }: CreateAccount, options: ChangeOptions = {}): Promise<Account> {
    this.check({ name, tier });
    const account = Object.assign(new Account(), {
      id: newId(ACCOUNT_ID_PREFIX),
      name,
      tier,
      status: 'active',
      createdAt: new Date(),
    } satisfies Account);
    return this.transactions.run(options.manager, async (manager) => {
      await this.assertStillMay(options, manager);
      await this.audited.insertAll([account], options.actor ?? SYSTEM, manager);
      return account;
    });
  }

  /** @throws AccountNotFoundError */
  async get(id: string): Promise<Account> {
    const account = isId(ACCOUNT_ID_PREFIX, id) ? await this.accounts.findById(id) : null;
    if (account === null) throw new AccountNotFoundError();
    return account;
  }

  /** A page of accounts, newest first, and how many there are in all. */
  list(page: AccountPage): Promise<[Account[], number]> {
    return this.accounts.list(page);
  }

  /**
   * Changes what the request names. A suspended account's keys are refused from their next use on.
   *
   * @throws InvalidAccountRequestError, AccountNotFoundError
   * @throws Refusal, CeilingError when what let the caller in was taken away meanwhile
   * @throws AccountConflictError where a caller would suspend its own account, and with it itself
   */
  patch(id: string, changes: PatchAccount, options: ChangeOptions = {}): Promise<Account> {
    this.check(changes);
    const { actor = SYSTEM } = options;
    const isOwn = actor.type === 'key' && actor.principal.accountId === id;
    if (isOwn && changes.status === 'suspended')
      throw new AccountConflictError("The caller's own account cannot be suspended");
    return this.transactions.run(options.manager, async (manager) => {
      const account = isId(ACCOUNT_ID_PREFIX, id) ? await this.accounts.lock(id, manager) : null;
      await this.assertStillMay(options, manager);
      if (account === null) throw new AccountNotFoundError();
      const before = snapshotOf(account);
      Object.assign(account, changes);
      await this.audited.saveAll([{ account, before }], actor, manager);
      return account;
    });
  }

  /** A request may have waited for the account behind the very change that took its caller's rights away. */
  private async assertStillMay(
    { actor = SYSTEM }: ChangeOptions,
    manager: EntityManager,
  ): Promise<void> {
    this.policy.assertUndiminished(await this.policy.bind(actor, manager));
  }

  private check(changes: PatchAccount): void {
    const [problem] = accountProblems(changes, this.settings);
    if (problem !== undefined)
      throw new InvalidAccountRequestError(problem.member, problem.message);
  }
}
