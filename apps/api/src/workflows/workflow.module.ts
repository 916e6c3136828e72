import { Module } from '@nestjs/common';
import { WorkflowController } from './workflow.controller.js';
import { WorkflowRepository } from './workflow.repository.js';
import { WorkflowService } from './workflow.service.js';

/** `/v1/workflows`. */
@Module({ controllers: [WorkflowController], providers: [WorkflowRepository, WorkflowService] })
export class WorkflowModule {}
