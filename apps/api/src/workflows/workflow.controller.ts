import {
  CurrentPrincipal,
  RequirePermission,
  RequireTier,
  type Principal,
} from '@clary/nestjs-auth';
import { Body, Controller, Delete, Get, Param, Patch, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { toPage, type Page } from '../http/pagination.js';
import { Operation } from '../openapi/operation.decorator.js';
import { Resource } from '../openapi/resource.decorator.js';
import * as operations from './workflow.operations.js';
import {
  createWorkflow,
  listWorkflows,
  patchWorkflow,
  presentDetails,
  presentWorkflow,
  type CreateWorkflow,
  type ListWorkflows,
  type PatchWorkflow,
  type WorkflowDeleted,
  type WorkflowDetails,
  type WorkflowItem,
} from './workflow.schema.js';
import { WorkflowService } from './workflow.service.js';

/** `/v1/workflows` */
@Resource('Workflows', 'What is done with documents, and when.')
@RequireTier('standard')
@Controller('v1/workflows')
export class WorkflowController {
  constructor(private readonly workflows: WorkflowService) {}

  /** `POST /v1/workflows` */
  @Post()
  @Operation(operations.createWorkflowOperation)
  @RequirePermission('workflows:write')
  async create(
    @CurrentPrincipal() principal: Principal,
    @Body({ schema: createWorkflow }) request: CreateWorkflow,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<WorkflowDetails> {
    const workflow = await this.workflows.create(principal, request);
    void reply.header('Location', `/v1/workflows/${workflow.id}`);
    return presentDetails(workflow);
  }

  /** `GET /v1/workflows` */
  @Get()
  @Operation(operations.listWorkflowsOperation)
  @RequirePermission('workflows:read')
  async list(
    @CurrentPrincipal() principal: Principal,
    @Query({ schema: listWorkflows }) query: ListWorkflows,
  ): Promise<Page<WorkflowItem>> {
    const [workflows, total] = await this.workflows.list(principal, query);
    return toPage(workflows.map(presentWorkflow), total, query);
  }

  /** `GET /v1/workflows/{id}` */
  @Get(':id')
  @Operation(operations.getWorkflow)
  @RequirePermission('workflows:read')
  async get(
    @CurrentPrincipal() principal: Principal,
    @Param('id') id: string,
  ): Promise<WorkflowDetails> {
    return presentDetails(await this.workflows.get(principal, id));
  }

  /** `PATCH /v1/workflows/{id}` */
  @Patch(':id')
  @Operation(operations.patchWorkflowOperation)
  @RequirePermission('workflows:write')
  async patch(
    @CurrentPrincipal() principal: Principal,
    @Param('id') id: string,
    @Body({ schema: patchWorkflow }) changes: PatchWorkflow,
  ): Promise<WorkflowDetails> {
    return presentDetails(await this.workflows.patch(principal, id, changes));
  }

  /** `DELETE /v1/workflows/{id}` */
  @Delete(':id')
  @Operation(operations.deleteWorkflow)
  @RequirePermission('workflows:write')
  async delete(
    @CurrentPrincipal() principal: Principal,
    @Param('id') id: string,
  ): Promise<WorkflowDeleted> {
    await this.workflows.delete(principal, id);
    return { success: true, message: 'Workflow deleted successfully' };
  }
}
