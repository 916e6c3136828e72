import { Injectable, type OnModuleInit } from '@nestjs/common';
import {
  DataSource,
  type EntityManager,
  type EntitySubscriberInterface,
  type QueryRunner,
  type TransactionCommitEvent,
  type TransactionRollbackEvent,
} from 'typeorm';
import { ChangeClock } from '../cache/change-clock.js';

/**
 * What this process itself changes counts here as soon as it is committed, before anybody is told that it is done: nobody
 * waits for the notice that the database sends to all.
 */
@Injectable()
export class CommittedChanges implements EntitySubscriberInterface, OnModuleInit {
  private readonly pending = new WeakMap<QueryRunner, string[]>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly changes: ChangeClock,
  ) {}

  /** Has TypeORM tell of commits. */
  onModuleInit(): void {
    this.dataSource.subscribers.push(this);
  }

  /** Notes what a transaction changes; without one, it is done already. */
  note({ queryRunner }: EntityManager, names: readonly string[]): void {
    if (queryRunner?.isTransactionActive === true)
      this.pending.set(queryRunner, [...(this.pending.get(queryRunner) ?? []), ...names]);
    else this.touch(names);
  }

  /** Called by TypeORM; of a nested transaction as well, which is no end yet. */
  afterTransactionCommit({ queryRunner }: TransactionCommitEvent): void {
    if (queryRunner.isTransactionActive) return;
    this.touch(this.pending.get(queryRunner) ?? []);
    this.pending.delete(queryRunner);
  }

  /** Called by TypeORM. */
  afterTransactionRollback({ queryRunner }: TransactionRollbackEvent): void {
    if (!queryRunner.isTransactionActive) this.pending.delete(queryRunner);
  }

  private touch(names: readonly string[]): void {
    for (const name of names) this.changes.touch(name);
  }
}
