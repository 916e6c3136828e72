import { audit } from './mutations/audit.js';
import { cache } from './mutations/cache.js';
import { ceiling } from './mutations/ceiling.js';
import { changes } from './mutations/changes.js';
import { credential } from './mutations/credential.js';
import { guard } from './mutations/guard.js';
import { keys } from './mutations/keys.js';
import { usage } from './mutations/usage.js';

/** Each check that keeps somebody out, taken out: [name, file below libs/auth/src, text, what stands there instead]. */
export const mutations = [
  ...credential,
  ...keys,
  ...guard,
  ...ceiling,
  ...audit,
  ...usage,
  ...cache,
  ...changes,
];
