import { z } from 'zod';
import { pageQuery } from '../http/pagination.js';
import type { Document, DocumentStatus } from './document.entity.js';
import type { ProcessingResults } from './processing-results.js';

/** `GET /v1/documents` */
export const listDocuments = z.strictObject({
  ...pageQuery,
  status: z.enum(['processing', 'processed', 'failed']).optional(),
  // PostgreSQL refuses NUL in a text, even to compare with.
  content_type: z
    .string()
    .regex(/^[\x20-\x7e]{0,255}$/, 'must be a media type')
    .toLowerCase()
    .optional(),
});

/** Which documents are asked for. */
export type ListDocuments = z.infer<typeof listDocuments>;

/** A document as it is listed. */
export interface DocumentItem {
  readonly document_id: string;
  readonly name: string;
  readonly content_type: string;
  /** Bytes. */
  readonly size: number;
  /** ISO 8601 with milliseconds. */
  readonly created_at: string;
  readonly status: DocumentStatus;
  readonly metadata: Record<string, unknown>;
}

/** A document as it is read singly. */
export interface DocumentDetails extends DocumentItem {
  /** What was read in it; null for a kind that is not read. */
  readonly processing_results: ProcessingResults | null;
  readonly error: null;
}

/** A document in the words of the API. */
export function presentDocument(document: Document): DocumentItem {
  return {
    document_id: document.id,
    name: document.name,
    content_type: document.contentType,
    size: document.size,
    created_at: document.createdAt.toISOString(),
    status: document.status,
    metadata: document.metadata,
  };
}

/** A document with all that is known of it. */
export function presentDetails(document: Document): DocumentDetails {
  return {
    ...presentDocument(document),
    processing_results: document.processingResults ?? null,
    error: null,
  };
}
