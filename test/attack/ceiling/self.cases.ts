import { changes, lacks, patch, refused } from './attempt.js';
import type { Family } from './attempt.js';

const permissions = ['api-keys:write', 'documents:read'];

/** The key that calls, changed by itself or by a JWT that it signed. */
export const selfFamilies: Family[] = [
  {
    name: 'more for itself',
    callers: [
      { name: 'a key', key: { tier: 'lite', permissions } },
      {
        name: 'a JWT',
        key: { tier: 'lite', permissions },
        claims: { scope: 'api-keys:write documents:* *' },
      },
    ],
    attempts: [
      ...refused(lacks({ tier: 'standard' }), patch({ tier: 'standard' })),
      ...refused(lacks({ scope: '*' }), patch({ permissions: ['*'] })),
      ...refused(lacks({ scope: 'admin' }), patch({ permissions: [...permissions, 'admin'] })),
      ...refused(lacks({ scope: 'documents:*' }), patch({ permissions: ['documents:*'] })),
      ...refused(lacks({ scope: 'documents:write' }), patch({ permissions: ['documents:write'] })),
    ],
    controls: [
      patch({ permissions: ['documents:read'] }),
      patch({ name: 'Me', metadata: { a: 1 }, expires_at: '2999-12-31T23:59:59.999Z' }),
      patch({ methods: ['jwt'], allowed_ips: ['192.0.2.1'], rate_limit: 1 }),
      ...changes('itself'),
    ],
  },
  {
    name: 'the key that signed it, by a JWT with less',
    callers: [
      {
        name: 'a JWT',
        key: { permissions: [...permissions, 'usage:read'] },
        claims: { tier: 'standard', scope: permissions.join(' ') },
      },
    ],
    attempts: [
      ...refused(
        lacks({ tier: 'professional', scope: 'usage:read' }),
        ...changes('its own key'),
        patch({ tier: 'lite', permissions: [] }),
      ),
      ...refused(lacks(), {
        name: 'revoke its own key as the key could',
        request: 'DELETE /v1/me/key',
      }),
    ],
    controls: changes('another', { key: { tier: 'standard', permissions } }),
  },
  {
    name: 'a ceiling without rate limits',
    callers: [
      { name: 'a slow key', key: { rateLimit: 10 } },
      { name: 'a slow JWT', key: { rateLimit: 10 }, claims: { scope: '* api-keys:write' } },
    ],
    attempts: [],
    controls: [
      patch({ rate_limit: null }),
      patch({ rate_limit: 2000 }),
      patch({ rate_limit: 2000 }, { key: { rateLimit: 1 } }),
      ...changes('a faster key', { key: { rateLimit: 500 } }),
    ],
  },
];
