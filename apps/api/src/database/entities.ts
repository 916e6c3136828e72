import { Document } from '../documents/document.entity.js';
import { IdempotentRequest } from '../idempotency/idempotent-request.entity.js';
import { Workflow } from '../workflows/workflow.entity.js';

/** The entities of the API's own tables. */
export const apiEntities = [Document, IdempotentRequest, Workflow];
