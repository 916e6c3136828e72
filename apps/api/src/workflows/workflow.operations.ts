import { identifier } from '../http/shapes.js';
import type { OperationOptions } from '../openapi/operation.decorator.js';
import { workflowDeleted, workflowDetails, workflowList } from './workflow.schema.js';

const pathParameters = {
  id: identifier('wf').meta({ description: 'The `workflow_id`.' }),
};

const TRIGGERS =
  'A trigger hands documents to the workflow: one with triggers is for those who may read them (`documents:read`).';

const LACKS =
  'The caller lacks the permission `workflows:write`, the tier `standard`, or, with a trigger, the permission `documents:read`.';

const UNFEASIBLE =
  'The definition cannot be carried out: a task of an unknown type, an id that stands twice, a dependency on nothing, or a cycle.';

/** `POST /v1/workflows` */
export const createWorkflowOperation: OperationOptions = {
  id: 'createWorkflow',
  summary: 'Make a workflow',
  description: `The definition is checked as a whole, and every fault of it is named at once. ${TRIGGERS}`,
  answers: {
    201: { description: 'It is made.', schema: workflowDetails, headers: ['Location'] },
  },
  errors: { 403: LACKS, 422: UNFEASIBLE },
};

/** `GET /v1/workflows` */
export const listWorkflowsOperation: OperationOptions = {
  id: 'listWorkflows',
  summary: 'List workflows',
  description: 'The workflows of the account, newest first.',
  answers: { 200: { description: 'A page.', schema: workflowList } },
};

/** `GET /v1/workflows/{id}` */
export const getWorkflow: OperationOptions = {
  id: 'getWorkflow',
  summary: 'Read a workflow',
  description: 'A workflow with how its executions went.',
  pathParameters,
  answers: { 200: { description: 'The workflow.', schema: workflowDetails } },
};

/** `PATCH /v1/workflows/{id}` */
export const patchWorkflowOperation: OperationOptions = {
  id: 'patchWorkflow',
  summary: 'Change a workflow',
  description: `What is absent stays, and null clears; a definition is replaced as a whole. ${TRIGGERS}`,
  pathParameters,
  answers: { 200: { description: 'The workflow as it is now.', schema: workflowDetails } },
  errors: { 403: LACKS, 422: UNFEASIBLE },
};

/** `DELETE /v1/workflows/{id}` */
export const deleteWorkflow: OperationOptions = {
  id: 'deleteWorkflow',
  summary: 'Delete a workflow',
  description: `Deletes the workflow, for good. ${TRIGGERS}`,
  pathParameters,
  answers: { 200: { description: 'It is gone.', schema: workflowDeleted } },
  errors: { 403: LACKS },
};
