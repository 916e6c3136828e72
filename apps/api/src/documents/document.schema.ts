import { z } from 'zod';
import { pageOf, pageQuery } from '../http/pagination.js';
import { confirmation, identifier, timestamp } from '../http/shapes.js';
import { jsonObject, nameText } from '../validation/json-object.js';
import type { Document } from './document.entity.js';

const status = z.enum(['processing', 'processed', 'failed']).meta({
  description: 'Where the reading of the document stands.',
  examples: ['processed'],
});

/** `GET /v1/documents` */
export const listDocuments = z.strictObject({
  ...pageQuery,
  status: status.optional().meta({ description: 'Only documents of this status.' }),
  // PostgreSQL refuses NUL in a text, even to compare with.
  content_type: z
    .string()
    .regex(/^[\x20-\x7e]{0,255}$/, 'must be a media type')
    .toLowerCase()
    .optional()
    .meta({ description: 'Only documents of this media type, such as `application/pdf`.' }),
});

/** Which documents are asked for. */
export type ListDocuments = z.infer<typeof listDocuments>;

const name = nameText.meta({
  description: 'The name that was given, or else the file name.',
  examples: ['report.pdf'],
});

const metadata = jsonObject.meta({
  description: 'Whatever was said of it at upload.',
  examples: [{ project: 'apollo' }],
});

const file = z.file().meta({ description: 'A file with a file name, not empty.' });

/** The parts of `POST /v1/documents`. */
export const documentUpload = z
  .strictObject({
    file,
    name: nameText.optional().meta({
      description: 'What the document is called; the file name unless said.',
    }),
    metadata: jsonObject.optional().meta({
      description: 'Whatever is to be kept with it: a JSON object of at most 16 KB.',
      examples: [{}],
    }),
  })
  .meta({ id: 'DocumentUpload', description: 'A file, and what is said of it.' });

/** The parts of `POST /v1/documents/batch`. */
export const batchUpload = z
  .strictObject({ file: z.array(file).min(1).max(20) })
  .meta({ id: 'BatchUpload', description: 'Several files.' });

/** A document as it is listed. */
export const documentItem = z
  .strictObject({
    document_id: identifier('doc').meta({ description: 'The id of the document.' }),
    name,
    content_type: z.string().meta({
      description: 'The media type, told from the bytes and not from what the client said.',
      examples: ['application/pdf'],
    }),
    size: z
      .int()
      .positive()
      .meta({ description: 'Bytes.', examples: [48_213] }),
    created_at: timestamp.meta({ description: 'When it was uploaded.' }),
    status,
    metadata,
  })
  .meta({ id: 'Document', description: 'A document.' });

/** What was read in a document. */
export const processingResults = z
  .strictObject({
    page_count: z.int().nonnegative().meta({ description: 'A text counts as one page.' }),
    text_content: z.string().meta({
      description: 'The text. Of a text of more than 1 MB, its beginning.',
      examples: ['Hello, world'],
    }),
  })
  .meta({ id: 'ProcessingResults', description: 'What was read in a document.' });

/** A document as it is read singly. */
export const documentDetails = documentItem
  .extend({
    processing_results: processingResults.nullable().meta({
      description: 'What was read in it; null for a kind that is not read.',
    }),
    error: z.null().meta({ description: 'Why it could not be read; null when nothing failed.' }),
  })
  .meta({ id: 'DocumentDetails', description: 'A document with all that is known of it.' });

/** A page of documents. */
export const documentList = pageOf(documentItem).meta({
  id: 'DocumentList',
  description: 'A page of documents, newest first.',
});

/** The documents of a batch. */
export const documentBatch = z
  .strictObject({
    data: z.array(documentItem).min(1).meta({ description: 'In the order of the files.' }),
  })
  .meta({ id: 'DocumentBatch', description: 'The documents of a batch.' });

/** The answer to a deletion. */
export const documentDeleted = confirmation('Document deleted successfully').meta({
  id: 'DocumentDeleted',
  description: 'The document is gone.',
});

/** A document as it is listed. */
export type DocumentItem = z.infer<typeof documentItem>;
/** What was read in a document. */
export type ProcessingResults = z.infer<typeof processingResults>;
/** A document as it is read singly. */
export type DocumentDetails = z.infer<typeof documentDetails>;
/** The documents of a batch. */
export type DocumentBatch = z.infer<typeof documentBatch>;
/** The answer to a deletion. */
export type DocumentDeleted = z.infer<typeof documentDeleted>;

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
