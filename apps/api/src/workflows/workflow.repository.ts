import { Injectable } from '@nestjs/common';
import { DataSource, type FindOptionsWhere } from 'typeorm';
import type { QueryDeepPartialEntity } from 'typeorm/query-builder/QueryPartialEntity.js';
import { Workflow } from './workflow.entity.js';
import type { ListWorkflows } from './workflow.schema.js';

/** Workflows as they are stored; every look-up is within one account. */
@Injectable()
export class WorkflowRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Stores a new workflow. */
  async insert(workflow: Workflow): Promise<void> {
    // A definition holds any JSON, which TypeORM's type of a partial entity cannot say.
    await this.dataSource.manager.insert(Workflow, workflow as QueryDeepPartialEntity<Workflow>);
  }

  /** The account's workflow with this id, or null. */
  find(accountId: string, id: string): Promise<Workflow | null> {
    return this.dataSource.manager.findOneBy(Workflow, { accountId, id });
  }

  /** A page of the account's workflows, newest first, and how many there are in all. */
  list(accountId: string, { limit, offset, status }: ListWorkflows): Promise<[Workflow[], number]> {
    const where: FindOptionsWhere<Workflow> = {
      accountId,
      ...(status !== undefined && { status }),
    };
    const order = { createdAt: 'DESC', id: 'ASC' } as const;
    return this.dataSource.manager.findAndCount(Workflow, {
      where,
      order,
      take: limit,
      skip: offset,
    });
  }

  /**
   * Changes the account's workflow while no other change of it can come between.
   *
   * @param change alters the workflow that it is given; what it throws undoes everything
   * @returns the workflow as it is now, or null when there is none
   */
  update(
    accountId: string,
    id: string,
    change: (workflow: Workflow) => void,
  ): Promise<Workflow | null> {
    return this.dataSource.transaction(async (manager) => {
      const workflow = await manager.findOne(Workflow, {
        where: { accountId, id },
        lock: { mode: 'pessimistic_write' },
      });
      if (workflow === null) return null;
      change(workflow);
      return manager.save(workflow, { transaction: false });
    });
  }

  /** Removes the account's workflow; false when there is none. */
  async remove(accountId: string, id: string): Promise<boolean> {
    const { affected } = await this.dataSource.manager.delete(Workflow, { accountId, id });
    return affected === 1;
  }
}
