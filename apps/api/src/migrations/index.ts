import { CreateDocumentsAndWorkflows1764000100000 } from './1764000100000-create-documents-and-workflows.js';
import { ReadAndSortDocuments1764000300000 } from './1764000300000-read-and-sort-documents.js';
import { RememberRequests1764000500000 } from './1764000500000-remember-requests.js';

/** The migrations of the API's own tables. */
export const apiMigrations = [
  CreateDocumentsAndWorkflows1764000100000,
  ReadAndSortDocuments1764000300000,
  RememberRequests1764000500000,
];
