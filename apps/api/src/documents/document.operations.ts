import { identifier } from '../http/shapes.js';
import type { HeaderName } from '../openapi/headers.js';
import type { OperationOptions } from '../openapi/operation.decorator.js';
import {
  batchUpload,
  documentBatch,
  documentDeleted,
  documentDetails,
  documentItem,
  documentList,
  documentUpload,
} from './document.schema.js';

const pathParameters = {
  id: identifier('doc').meta({ description: 'The `document_id`.' }),
};

const TAKEN = `What is taken depends on the tier:

| tier | a file | kinds |
| --- | --- | --- |
| \`lite\` | 10 MB | PDF, DOCX, text (plain, Markdown, CSV, HTML) |
| \`standard\` | 50 MB | those and XLSX, PPTX, PNG, JPEG, TIFF |
| \`professional\` | 200 MB | any |

The kind is told from the bytes, not from the file name or what the client says.`;

/** `POST /v1/documents` */
export const uploadDocument: OperationOptions = {
  id: 'uploadDocument',
  summary: 'Upload a document',
  description: `Stores one file. ${TAKEN}`,
  multipart: {
    schema: documentUpload,
    description: 'The file, and what is said of it, in any order.',
    partTypes: { file: '*/*', metadata: 'application/json' },
  },
  answers: {
    201: { description: 'It is stored.', schema: documentItem, headers: ['Location'] },
  },
  errors: {
    413: 'The file is larger than the tier allows.',
    415: 'The body is not multipart, or the tier does not take files of this kind.',
  },
};

/** `POST /v1/documents/batch` */
export const uploadDocuments: OperationOptions = {
  id: 'uploadDocuments',
  summary: 'Upload several documents',
  description: `Stores 1 to 20 files, all of them or none. Each is named by its file name. ${TAKEN}`,
  multipart: {
    schema: batchUpload,
    description: 'Each file in a part called `file`.',
    partTypes: { file: '*/*' },
  },
  answers: { 201: { description: 'All are stored.', schema: documentBatch } },
  errors: {
    413: 'There are more than 20 files, or one is larger than the tier allows. `details` names it, as `file.0`.',
    415: 'The body is not multipart, or the tier does not take one of the files. `details` names it, as `file.0`.',
  },
};

/** `GET /v1/documents` */
export const listDocumentsOperation: OperationOptions = {
  id: 'listDocuments',
  summary: 'List documents',
  description: 'The documents of the account, newest first.',
  answers: { 200: { description: 'A page.', schema: documentList } },
};

/** `GET /v1/documents/{id}` */
export const getDocument: OperationOptions = {
  id: 'getDocument',
  summary: 'Read a document',
  description: 'A document with what was read in it. Its bytes are under `/content`.',
  pathParameters,
  answers: { 200: { description: 'The document.', schema: documentDetails } },
};

const UNCHANGING: readonly HeaderName[] = ['ETag'];
const DOWNLOAD: readonly HeaderName[] = [
  'Accept-Ranges',
  'Content-Disposition',
  'Content-Security-Policy',
  'ETag',
  'X-Content-Type-Options',
];

/** `GET /v1/documents/{id}/content` */
export const downloadDocument: OperationOptions = {
  id: 'downloadDocument',
  summary: 'Download a document',
  description: `The bytes as they were uploaded, checked against their checksum on the way, as the document's \`content_type\`.
A download that breaks off can be taken up again with \`Range\` and \`If-Range\` (RFC 9110, section 14).`,
  pathParameters,
  requestHeaders: {
    Range:
      'One part, such as `bytes=0-1023`. Several parts, and what is malformed, give the whole.',
    'If-Range': 'An `ETag`: the part only if it still is this content, else the whole.',
    'If-None-Match': 'What you have already, as `ETag`s: then the answer is 304.',
  },
  answers: {
    200: { description: 'The whole.', content: ['*/*'], headers: DOWNLOAD },
    206: {
      description: 'The part that was asked for.',
      content: ['*/*'],
      headers: [...DOWNLOAD, 'Content-Range'],
    },
    304: { description: 'You have it already.', headers: UNCHANGING },
  },
  errors: { 416: 'The document has no such part; `Content-Range` says how many bytes it has.' },
};

/** `DELETE /v1/documents/{id}` */
export const deleteDocument: OperationOptions = {
  id: 'deleteDocument',
  summary: 'Delete a document',
  description: 'Deletes the document and its bytes, for good.',
  pathParameters,
  answers: { 200: { description: 'It is gone.', schema: documentDeleted } },
};
