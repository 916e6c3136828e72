import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

/** Transactions of the application's database. */
@Injectable()
export class Transactions {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Runs work in a transaction.
   *
   * @param given the one to run it in; without one it has its own, and what the work throws undoes it
   */
  run<Result>(
    given: EntityManager | undefined,
    work: (manager: EntityManager) => Promise<Result>,
  ): Promise<Result> {
    return given === undefined ? this.dataSource.transaction(work) : work(given);
  }
}
