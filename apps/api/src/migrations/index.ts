import { CreateDocumentsAndWorkflows1764000100000 } from './1764000100000-create-documents-and-workflows.js';

/** The migrations of the API's own tables. */
export const apiMigrations = [CreateDocumentsAndWorkflows1764000100000];
