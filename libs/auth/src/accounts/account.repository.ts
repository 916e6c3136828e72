import { Injectable } from '@nestjs/common';
import { Any, DataSource, type EntityManager } from 'typeorm';
import { namesOfAccount } from '../cache/change-clock.js';
import { CommittedChanges } from '../changes/committed-changes.js';
import { insertRows, upsertRows } from '../database/rows.js';
import { Account } from './account.entity.js';

/** Which part of the list of accounts is asked for. */
export interface AccountPage {
  /** How many at most. */
  readonly limit: number;
  /** How many to pass over. */
  readonly offset: number;
}

/** What may change in an account's life. */
const CHANGEABLE = ['name', 'tier', 'status'] as const satisfies readonly (keyof Account)[];

/** Accounts as they are stored. */
@Injectable()
export class AccountRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly changes: CommittedChanges,
  ) {}

  /** Stores new accounts. */
  async insertAll(accounts: readonly Account[], manager: EntityManager): Promise<void> {
    await insertRows(manager, Account, accounts);
    this.changes.note(manager, accounts.flatMap(namesOfAccount));
  }

  /**
   * The account with this id, which nobody else changes before the transaction ends, or null. What belongs to it can be
   * stored meanwhile: a lock that kept its id as well would hold up every upload.
   */
  lock(id: string, manager: EntityManager): Promise<Account | null> {
    return manager.findOne(Account, { where: { id }, lock: { mode: 'for_no_key_update' } });
  }

  /** Those of the accounts that there are, locked as by `lock`; in the order of their ids, so that two never wait for each other. */
  lockAll(ids: readonly string[], manager: EntityManager): Promise<Account[]> {
    const lock = { mode: 'for_no_key_update' } as const;
    return manager.find(Account, { where: { id: Any([...ids]) }, order: { id: 'ASC' }, lock });
  }

  /** Stores what has changed of accounts. */
  async saveAll(accounts: readonly Account[], manager: EntityManager): Promise<void> {
    await upsertRows(manager, Account, accounts, CHANGEABLE);
    this.changes.note(manager, accounts.flatMap(namesOfAccount));
  }

  /** A page of accounts, newest first, and how many there are in all. */
  list({ limit, offset }: AccountPage): Promise<[Account[], number]> {
    const order = { createdAt: 'DESC', id: 'ASC' } as const;
    return this.dataSource.manager.findAndCount(Account, { order, take: limit, skip: offset });
  }

  /** Those of the accounts that there are. */
  findAll(
    ids: readonly string[],
    manager: EntityManager = this.dataSource.manager,
  ): Promise<Account[]> {
    return manager.findBy(Account, { id: Any([...ids]) });
  }

  /** The account with this id, or null. */
  findById(id: string, manager: EntityManager = this.dataSource.manager): Promise<Account | null> {
    return manager.findOneBy(Account, { id });
  }
}
