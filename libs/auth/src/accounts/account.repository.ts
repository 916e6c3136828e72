import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Account } from './account.entity.js';

/** Accounts as they are stored. */
@Injectable()
export class AccountRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Stores a new account. */
  async insert(account: Account, manager: EntityManager = this.dataSource.manager): Promise<void> {
    await manager.insert(Account, account);
  }

  /** The account with this id, or null. */
  findById(id: string, manager: EntityManager = this.dataSource.manager): Promise<Account | null> {
    return manager.findOneBy(Account, { id });
  }
}
