import { AuthSettings, ForbiddenError, isId, newId, type Principal } from '@clary/nestjs-auth';
import { Injectable } from '@nestjs/common';
import { ApiError } from '../http/api.error.js';
import { Workflow } from './workflow.entity.js';
import { WorkflowRepository } from './workflow.repository.js';
import type { CreateWorkflow, ListWorkflows } from './workflow.schema.js';

const ID_PREFIX = 'wf';

/** The workflows of accounts. */
@Injectable()
export class WorkflowService {
  constructor(
    private readonly workflows: WorkflowRepository,
    private readonly settings: AuthSettings,
  ) {}

  /** @throws ForbiddenError when the workflow has triggers and its maker may not read documents */
  async create(principal: Principal, request: CreateWorkflow): Promise<Workflow> {
    if (request.definition.triggers !== undefined) this.assertReadsDocuments(principal);
    const now = new Date();
    const workflow = Object.assign(new Workflow(), {
      id: newId(ID_PREFIX),
      accountId: principal.accountId,
      name: request.name,
      description: request.description ?? null,
      status: request.status,
      definition: request.definition,
      createdAt: now,
      updatedAt: now,
    } satisfies Workflow);
    await this.workflows.insert(workflow);
    return workflow;
  }

  /** A page of the caller's workflows, and how many there are in all. */
  list({ accountId }: Principal, query: ListWorkflows): Promise<[Workflow[], number]> {
    return this.workflows.list(accountId, query);
  }

  /** @throws ApiError 404 */
  async get({ accountId }: Principal, id: string): Promise<Workflow> {
    const workflow = isId(ID_PREFIX, id) ? await this.workflows.find(accountId, id) : null;
    if (workflow === null) throw new ApiError(404);
    return workflow;
  }

  /** @throws ApiError 404 */
  async delete({ accountId }: Principal, id: string): Promise<void> {
    const removed = isId(ID_PREFIX, id) && (await this.workflows.remove(accountId, id));
    if (!removed) throw new ApiError(404);
  }

  /** A trigger hands every document that comes in to the workflow: whoever makes one must be allowed to read them. */
  private assertReadsDocuments({ permissions }: Principal): void {
    const needed = 'documents:read';
    if (this.settings.permissions.allows(permissions, needed)) return;
    throw new ForbiddenError({ permissions: [needed] }, this.settings.format.prefix);
  }
}
