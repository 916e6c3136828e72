// Writes the types of a client of the API, made from its OpenAPI document, for the tests that use it.
import { mkdirSync, writeFileSync } from 'node:fs';
import openapiTS, { astToString } from 'openapi-typescript';
import ts from 'typescript';
import { previewDocument } from '../apps/api/dist/openapi/preview.js';

const folder = new URL('../test/generated/', import.meta.url);
const BLOB = ts.factory.createTypeReferenceNode('Blob');

const nodes = await openapiTS(JSON.parse(JSON.stringify(await previewDocument())), {
  // What has a default may be left out of a request.
  defaultNonNullable: false,
  // A file in a form; without this it would be a text.
  transform: ({ format }) => (format === 'binary' ? BLOB : undefined),
});
mkdirSync(folder, { recursive: true });
writeFileSync(new URL('api-types.ts', folder), astToString(nodes));
