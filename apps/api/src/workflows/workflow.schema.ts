import { z } from 'zod';
import { jsonObject, jsonValue, nameText } from '../validation/json-object.js';
import { pageQuery } from '../http/pagination.js';
import type { Workflow, WorkflowStatus } from './workflow.entity.js';

const MAX_TASKS = 100;
const MAX_DESCRIPTION = 1000;

const status = z.enum(['active', 'inactive']);

const task = z.strictObject({
  id: nameText,
  type: nameText,
  depends_on: z.array(nameText).max(MAX_TASKS).optional(),
  config: jsonObject.optional(),
});

const definition = z.strictObject({
  triggers: z.array(jsonObject).max(MAX_TASKS).optional(),
  tasks: z.array(task).min(1).max(MAX_TASKS),
  error_handling: jsonObject.optional(),
});

const description = z.string().max(MAX_DESCRIPTION).and(jsonValue);

/** `POST /v1/workflows` */
export const createWorkflow = z.strictObject({
  name: nameText,
  description: description.nullish(),
  status: status.default('active'),
  definition,
});

/** `PATCH /v1/workflows/{id}`: what is absent stays, null clears. */
export const patchWorkflow = z.strictObject({
  name: nameText.optional(),
  description: description.nullish(),
  status: status.optional(),
  definition: definition.optional(),
});

/** `GET /v1/workflows` */
export const listWorkflows = z.strictObject({ ...pageQuery, status: status.optional() });

/** What a workflow does, and when. */
export type WorkflowDefinition = z.infer<typeof definition>;
/** One step of a workflow. */
export type WorkflowTask = z.infer<typeof task>;
/** A workflow to be made. */
export type CreateWorkflow = z.infer<typeof createWorkflow>;
/** What is to change in a workflow. */
export type PatchWorkflow = z.infer<typeof patchWorkflow>;
/** Which workflows are asked for. */
export type ListWorkflows = z.infer<typeof listWorkflows>;

/** A workflow as it is listed. */
export interface WorkflowItem {
  readonly workflow_id: string;
  readonly name: string;
  readonly description: string | null;
  /** ISO 8601 with milliseconds. */
  readonly created_at: string;
  readonly updated_at: string;
  readonly status: WorkflowStatus;
  readonly definition: WorkflowDefinition;
}

/** A workflow as it is read singly. */
export interface WorkflowDetails extends WorkflowItem {
  readonly stats: {
    readonly executions_total: number;
    readonly executions_successful: number;
    readonly executions_failed: number;
    /** Null before the first execution. */
    readonly average_duration_ms: number | null;
  };
}

/** A workflow in the words of the API. */
export function presentWorkflow(workflow: Workflow): WorkflowItem {
  return {
    workflow_id: workflow.id,
    name: workflow.name,
    description: workflow.description,
    created_at: workflow.createdAt.toISOString(),
    updated_at: workflow.updatedAt.toISOString(),
    status: workflow.status,
    definition: workflow.definition,
  };
}

/** A workflow with all that is known of it. Workflows cannot be executed yet, so that none ever was. */
export function presentDetails(workflow: Workflow): WorkflowDetails {
  const stats = {
    executions_total: 0,
    executions_successful: 0,
    executions_failed: 0,
    average_duration_ms: null,
  };
  return { ...presentWorkflow(workflow), stats };
}
