import { Injectable } from '@nestjs/common';
import type { Account } from '../accounts/account.entity.js';
import type { AccountPage, AccountRepository } from '../accounts/account.repository.js';
import { ChangeClock } from '../cache/change-clock.js';
import type { Offered } from './in-memory-store.js';

/** Accounts, for as long as a test lives. */
@Injectable()
export class InMemoryAccountRepository implements Offered<AccountRepository> {
  private readonly accounts = new Map<string, Account>();

  constructor(private readonly changes: ChangeClock) {}

  insertAll(accounts: readonly Account[]): Promise<void> {
    for (const account of accounts) this.accounts.set(account.id, account);
    this.changes.touchAll();
    return Promise.resolve();
  }

  findAll(ids: readonly string[]): Promise<Account[]> {
    const found = ids.flatMap((id) => this.accounts.get(id) ?? []);
    return Promise.resolve(found);
  }

  lockAll(ids: readonly string[]): Promise<Account[]> {
    return this.findAll(ids);
  }

  findById(id: string): Promise<Account | null> {
    return Promise.resolve(this.accounts.get(id) ?? null);
  }

  lock(id: string): Promise<Account | null> {
    return this.findById(id);
  }

  saveAll(accounts: readonly Account[]): Promise<void> {
    return this.insertAll(accounts);
  }

  list({ limit, offset }: AccountPage): Promise<[Account[], number]> {
    const all = [...this.accounts.values()].reverse();
    return Promise.resolve([all.slice(offset, offset + limit), all.length]);
  }
}
