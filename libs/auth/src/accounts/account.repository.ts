import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Account } from './account.entity.js';

/** Which part of the list of accounts is asked for. */
export interface AccountPage {
  /** How many at most. */
  readonly limit: number;
  /** How many to pass over. */
  readonly offset: number;
}

/** Accounts as they are stored. */
@Injectable()
export class AccountRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Stores a new account. */
  async insert(account: Account, manager: EntityManager = this.dataSource.manager): Promise<void> {
    await manager.insert(Account, account);
  }

  /**
   * The account with this id, which nobody else changes before the transaction ends, or null. What belongs to it can be
   * stored meanwhile: a lock that kept its id as well would hold up every upload.
   */
  lock(id: string, manager: EntityManager): Promise<Account | null> {
    return manager.findOne(Account, { where: { id }, lock: { mode: 'for_no_key_update' } });
  }

  /** Stores what has changed of an account. */
  async save(account: Account, manager: EntityManager): Promise<void> {
    await manager.update(Account, account.id, account);
  }

  /** A page of accounts, newest first, and how many there are in all. */
  list({ limit, offset }: AccountPage): Promise<[Account[], number]> {
    const order = { createdAt: 'DESC', id: 'ASC' } as const;
    return this.dataSource.manager.findAndCount(Account, { order, take: limit, skip: offset });
  }

  /** The account with this id, or null. */
  findById(id: string, manager: EntityManager = this.dataSource.manager): Promise<Account | null> {
    return manager.findOneBy(Account, { id });
  }
}
