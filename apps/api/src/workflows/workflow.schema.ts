import { z } from 'zod';
import { pageOf, pageQuery } from '../http/pagination.js';
import { confirmation, identifier, timestamp } from '../http/shapes.js';
import { jsonObject, jsonValue, nameText } from '../validation/json-object.js';
import { TASK_TYPES } from './workflow-definition.js';
import type { Workflow } from './workflow.entity.js';

const MAX_TASKS = 100;
const MAX_DESCRIPTION = 1000;

const name = nameText.meta({ description: 'For people.', examples: ['Invoices'] });

const status = z.enum(['active', 'inactive']).meta({
  description: 'Whether it runs when its triggers fire.',
  examples: ['active'],
});

const task = z
  .strictObject({
    id: nameText.meta({ description: 'Unique within the workflow.', examples: ['read'] }),
    // Any name is well-formed, so that an unknown one is answered together with all else that cannot be carried out.
    type: nameText.meta({
      description: 'What the task does.',
      enum: TASK_TYPES,
      examples: ['document_parser'],
    }),
    depends_on: z
      .array(nameText)
      .max(MAX_TASKS)
      .optional()
      .meta({
        description: 'Ids of the tasks that must be done before, each once, without a cycle.',
        examples: [[]],
      }),
    config: jsonObject.optional().meta({ description: 'Settings of the task.', examples: [{}] }),
  })
  .meta({ id: 'WorkflowTask', description: 'One step of a workflow.' });

const definition = z
  .strictObject({
    triggers: z
      .array(jsonObject)
      .max(MAX_TASKS)
      .optional()
      .meta({
        description:
          'What starts the workflow. Making, changing or deleting one with triggers also needs `documents:read`.',
        examples: [[]],
      }),
    tasks: z.array(task).min(1).max(MAX_TASKS).meta({ description: 'In any order.' }),
    error_handling: jsonObject
      .optional()
      .meta({ description: 'What happens when a task fails.', examples: [{}] }),
  })
  .meta({ id: 'WorkflowDefinition', description: 'What a workflow does, and when.' });

const descriptionText = z.string().max(MAX_DESCRIPTION);
const description = descriptionText
  .and(jsonValue)
  .nullish()
  .meta({
    description: 'For people.',
    examples: ['Reads every invoice that comes in'],
  });

/** `POST /v1/workflows` */
export const createWorkflow = z
  .strictObject({
    name,
    description,
    status: status.default('active'),
    definition,
  })
  .meta({ id: 'CreateWorkflow', description: 'A workflow to be made.' });

/** `PATCH /v1/workflows/{id}`: what is absent stays, null clears. */
export const patchWorkflow = z
  .strictObject({
    name: name.optional(),
    description,
    status: status.optional(),
    definition: definition.optional(),
  })
  .meta({
    id: 'PatchWorkflow',
    description: 'What is to change in a workflow. What is absent stays; null clears.',
  });

/** `GET /v1/workflows` */
export const listWorkflows = z.strictObject({
  ...pageQuery,
  status: status.optional().meta({ description: 'Only workflows of this status.' }),
});

/** A workflow as it is listed. */
export const workflowItem = z
  .strictObject({
    workflow_id: identifier('wf').meta({ description: 'The id of the workflow.' }),
    name,
    description: descriptionText.nullable().meta({ description: 'For people.' }),
    created_at: timestamp.meta({ description: 'When it was made.' }),
    updated_at: timestamp.meta({ description: 'When it was last changed.' }),
    status,
    definition,
  })
  .meta({ id: 'Workflow', description: 'A workflow.' });

const count = z.int().nonnegative();

const stats = z
  .strictObject({
    executions_total: count.meta({ description: 'Executions so far.' }),
    executions_successful: count.meta({ description: 'Those that succeeded.' }),
    executions_failed: count.meta({ description: 'Those that failed.' }),
    average_duration_ms: z.number().nonnegative().nullable().meta({
      description: 'Milliseconds; null before the first execution.',
    }),
  })
  .meta({ id: 'WorkflowStats', description: 'How the executions of a workflow went.' });

/** A workflow as it is read singly. */
export const workflowDetails = workflowItem
  .extend({ stats })
  .meta({ id: 'WorkflowDetails', description: 'A workflow with all that is known of it.' });

/** A page of workflows. */
export const workflowList = pageOf(workflowItem).meta({
  id: 'WorkflowList',
  description: 'A page of workflows, newest first.',
});

/** The answer to a deletion. */
export const workflowDeleted = confirmation('Workflow deleted successfully').meta({
  id: 'WorkflowDeleted',
  description: 'The workflow is gone.',
});

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
export type WorkflowItem = z.infer<typeof workflowItem>;
/** A workflow as it is read singly. */
export type WorkflowDetails = z.infer<typeof workflowDetails>;
/** The answer to a deletion. */
export type WorkflowDeleted = z.infer<typeof workflowDeleted>;

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
