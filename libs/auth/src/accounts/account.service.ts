import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Tier } from '../auth-types.js';
import { ACCOUNT_ID_PREFIX, newId } from '../credential/identifiers.js';
import { Account } from './account.entity.js';
import { AccountRepository } from './account.repository.js';

/** What is said of an account when it is made. */
export interface CreateAccount {
  /** 1 to 100 characters. */
  readonly name: string;
  /** The ceiling of the account's keys. */
  readonly tier: Tier;
}

/** The customers that own keys. */
@Injectable()
export class AccountService {
  constructor(private readonly accounts: AccountRepository) {}

  /**
   * Makes an account with a new id.
   *
   * @param manager the transaction to make it in; without one it is made at once
   */
  async create({ name, tier }: CreateAccount, manager?: EntityManager): Promise<Account> {
    const account = Object.assign(new Account(), {
      id: newId(ACCOUNT_ID_PREFIX),
      name,
      tier,
      status: 'active',
      createdAt: new Date(),
    } satisfies Account);
    await this.accounts.insert(account, manager);
    return account;
  }
}
