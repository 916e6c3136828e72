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

  /** Removes the account's workflow; false when there is none. */
  async remove(accountId: string, id: string): Promise<boolean> {
    const { affected } = await this.dataSource.manager.delete(Workflow, { accountId, id });
    return affected === 1;
  }
}
