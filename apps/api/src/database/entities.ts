import { Document } from '../documents/document.entity.js';
import { Workflow } from '../workflows/workflow.entity.js';

/** The entities of the API's own tables. */
export const apiEntities = [Document, Workflow];
