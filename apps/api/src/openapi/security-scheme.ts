import type { SecuritySchemeObject } from '@nestjs/swagger';
import type { ApiConfig } from '../config/environment.js';

/** The parts of the configuration that the document speaks of. */
export type DocumentedConfig = Pick<ApiConfig, 'environment' | 'jwtAudience' | 'jwtMaxLifetime'>;

/** How a caller says who it is. */
export function bearerScheme({
  environment,
  jwtAudience,
  jwtMaxLifetime,
}: DocumentedConfig): SecuritySchemeObject {
  return {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'API key or JWT',
    description: `
An API key, or a JWT that is signed with one.

**API key**: \`clary_\`, its environment (\`dev\`, \`stg\` or \`prod\`), its public id and its secret, as it was shown when it was
made. Here keys of the environment \`${environment}\` are accepted.

**JWT**: HS256 with the whole API key as the secret, made by you, by any library.

| part | |
| --- | --- |
| \`alg\` | \`HS256\`, nothing else |
| \`kid\` | the public id of the key, \`key_…\`; may also stand in \`iss\`, or be left out |
| \`sub\` | needed. With a key id your own user, 1 to 255 characters; without one your account, \`acct_…\` |
| \`iat\`, \`exp\` | needed, seconds since 1970, at most ${jwtMaxLifetime} s apart. Clocks may differ by 30 s |
| \`nbf\` | may be given |
| \`tier\` | may be given, and lowers the tier |
| \`permissions\`, \`scope\` | may be given, a list and names with blanks between; each narrows the permissions of the key |
| \`aud\` | may be given, and must then name \`${jwtAudience}\` |

A claim never gives more than the key has. A JWT ends with its \`exp\`, or with its key.
`.trim(),
  };
}
