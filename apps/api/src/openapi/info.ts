import type { InfoObject, ServerObject } from '@nestjs/swagger';
import { VERSION } from '../version.js';

const DESCRIPTION = `
Documents and workflows of Clary AI.

### Credentials

Every request but those that are open to everybody carries an API key, or a JWT that you sign with it, in the header
\`Authorization: Bearer …\`, and nowhere else. \`GET /v1/me\` says who you are here and what you may do.
A key belongs to an account and has permissions and a tier: \`lite\`, \`standard\` or \`professional\`, each with all that
those before it have.

### Errors

Every error has the same body, whose \`code\` is for programs and whose \`message\` is for people:

\`\`\`json
{ "error": { "code": "not_found", "message": "Not found" } }
\`\`\`

With 400 and 422 \`details\` names everything that is wrong, each with its place. Beside what an operation lists, any
request may be answered with 400 or 431 (it cannot be read), 404 (no such path) or 405 (no such method; \`Allow\` names those
there are), before anybody asks who sent it. \`Retry-After\` says when it is worth trying again.

### Conventions

- Every answer has an \`X-Request-Id\`. Send one of your own to find the request again; name it when you ask us for help.
- Bodies are JSON in UTF-8 of at most 256 KB, but for uploads. Members and query parameters that are not described are
  refused with 400.
- Lists come in pages, newest first: \`limit\` (10 unless said, at most 100) and \`offset\`.
- Times are UTC with milliseconds. 1 KB is 1024 bytes, 1 MB is 1024 KB.
- HEAD is GET without the body. OPTIONS lists the methods of a path.
`.trim();

/** What the API is called, and what all of it has in common. */
export const INFO: InfoObject = {
  title: 'Clary AI API',
  version: VERSION,
  description: DESCRIPTION,
  license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
};

/** The server that the document came from. */
export const SERVERS: ServerObject[] = [{ url: '/', description: 'This server' }];
