import { z } from 'zod';
import type { OperationOptions } from './operation.decorator.js';
import { STATIC_HEADERS } from './static-answer.js';

const requestHeaders = {
  'If-None-Match': 'What you have already, as `ETag`s: then the answer is 304.',
};

const unchanged = { description: 'You have it already.', headers: STATIC_HEADERS };

const openApiDocument = z
  .looseObject({
    openapi: z
      .string()
      .regex(/^3\.1\.\d+$/)
      .meta({ examples: ['3.1.1'] }),
  })
  .meta({ id: 'OpenApiDocument', description: 'An OpenAPI 3.1 document.' });

/** `GET /openapi.json` */
export const getOpenApiDocument: OperationOptions = {
  id: 'getOpenApiDocument',
  summary: 'Description for programs',
  description: 'This document: OpenAPI 3.1, for generators of clients and for tests.',
  requestHeaders,
  answers: {
    200: { description: 'The document.', schema: openApiDocument, headers: STATIC_HEADERS },
    304: unchanged,
  },
};

/** `GET /docs` */
export const getDocsPage: OperationOptions = {
  id: 'getDocsPage',
  summary: 'Description for people',
  description:
    'A page that shows this document and sends requests. It asks nothing of any other server.',
  requestHeaders,
  answers: {
    200: {
      description: 'The page.',
      content: ['text/html'],
      headers: [...STATIC_HEADERS, 'Content-Security-Policy'],
    },
    304: unchanged,
  },
};

/** `GET /docs/{file}` */
export const getDocsFile: OperationOptions = {
  id: 'getDocsFile',
  summary: 'A file of that page',
  description: 'What the page loads.',
  pathParameters: {
    file: z.string().meta({ description: 'The name of the file.', examples: ['swagger-ui.css'] }),
  },
  requestHeaders,
  answers: {
    200: {
      description: 'The file.',
      content: ['text/javascript', 'text/css', 'image/png'],
      headers: STATIC_HEADERS,
    },
    304: unchanged,
  },
  errors: { 404: 'The page has no such file.' },
};
