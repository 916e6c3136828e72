// Prints the API's OpenAPI document, which needs no running API.
import { previewDocument } from '../apps/api/dist/openapi/preview.js';

console.log(JSON.stringify(await previewDocument(), null, 2));
