import {
  AuthSettings,
  ForbiddenError,
  isId,
  newId,
  UsageRecorder,
  type Principal,
} from '@clary/nestjs-auth';
import { Injectable } from '@nestjs/common';
import { ApiError } from '../http/api.error.js';
import { Workflow } from './workflow.entity.js';
import { WorkflowRepository } from './workflow.repository.js';
import { problemsOf } from './workflow-definition.js';
import type {
  CreateWorkflow,
  ListWorkflows,
  PatchWorkflow,
  WorkflowDefinition,
} from './workflow.schema.js';

const ID_PREFIX = 'wf';

/** The workflows of accounts. */
@Injectable()
export class WorkflowService {
  constructor(
    private readonly workflows: WorkflowRepository,
    private readonly settings: AuthSettings,
    private readonly usage: UsageRecorder,
  ) {}

  /**
   * @throws ForbiddenError when the workflow has triggers and its maker may not read documents
   * @throws ApiError 422 when its definition cannot be carried out
   */
  async create(principal: Principal, request: CreateWorkflow): Promise<Workflow> {
    this.assertMay(principal, request.definition);
    assertFeasible(request.definition);
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

  /**
   * Changes what the request names; what it leaves out stays.
   *
   * @throws ForbiddenError when the workflow has triggers, or gets some, and the caller may not read documents
   * @throws ApiError 404, or 422 when the new definition cannot be carried out
   */
  async patch(principal: Principal, id: string, changes: PatchWorkflow): Promise<Workflow> {
    const change = (workflow: Workflow): void => {
      this.assertMay(principal, workflow.definition);
      Object.assign(workflow, changes, { updatedAt: new Date() });
      this.assertMay(principal, workflow.definition);
      assertFeasible(workflow.definition);
    };
    const workflow = isId(ID_PREFIX, id)
      ? await this.workflows.update(principal.accountId, id, change)
      : null;
    if (workflow === null) throw new ApiError(404);
    return workflow;
  }

  /**
   * @throws ForbiddenError when the workflow has triggers and the caller may not read documents
   * @throws ApiError 404
   */
  async delete(principal: Principal, id: string): Promise<void> {
    const { definition } = await this.get(principal, id);
    this.assertMay(principal, definition);
    if (!(await this.workflows.remove(principal.accountId, id))) throw new ApiError(404);
  }

  /** A trigger hands every document that comes in to the workflow: whoever makes one must be allowed to read them. */
  private assertMay(
    { keyId, permissions }: Principal,
    { triggers = [] }: WorkflowDefinition,
  ): void {
    const needed = 'documents:read';
    if (triggers.length === 0) return;
    if (!this.settings.permissions.allows(permissions, needed))
      throw new ForbiddenError({ permissions: [needed] }, this.settings.format.prefix);
    this.usage.notePermission(keyId, needed);
  }
}

function assertFeasible(definition: WorkflowDefinition): void {
  const details = problemsOf(definition);
  if (details.length > 0) throw new ApiError(422, { details });
}
