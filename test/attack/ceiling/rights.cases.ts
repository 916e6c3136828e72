import { PERMISSIONS } from '../../../apps/api/src/auth-types.js';
import { changes, create, lacks, NOT_FOUND, patch, refused } from './attempt.js';
import type { Attempt, Caller, Family, Refusal, Target } from './attempt.js';

/** Rights that no caller of this file exceeds, however it came by them. */
const RIGHTS = ['api-keys:write', 'documents:read', 'workflows:*'];

const scope = RIGHTS.join(' ');
const tier = 'standard';

/** The same rights in the hands of a key, and of JWTs narrowed by every claim there is. */
const CALLERS: Caller[] = [
  { name: 'a key', key: { tier, permissions: RIGHTS } },
  {
    name: 'a JWT narrowed by tier',
    key: { permissions: RIGHTS },
    claims: { tier, scope: '* api-keys:write' },
  },
  {
    name: 'a JWT narrowed by permissions',
    key: { tier, permissions: ['*', 'admin'] },
    claims: { permissions: RIGHTS },
  },
  {
    name: 'a JWT narrowed by scope',
    key: { tier, permissions: ['*', 'admin'] },
    claims: { scope },
  },
  {
    name: 'a JWT narrowed by all three',
    key: { permissions: ['*', 'admin'] },
    claims: {
      tier,
      permissions: [...RIGHTS, 'usage:read', 'documents:write', 'admin'],
      scope: `${scope} audit:read documents:delete`,
    },
  },
];

/** What the callers cannot give on. */
const LACKED = [
  ...PERMISSIONS.filter((name) => !RIGHTS.includes(name) && !name.startsWith('workflows:')),
  ...['*', 'admin', 'documents:*', 'api-keys:*', 'usage:*', 'audit:*', 'metrics:*', 'auth:*'],
];

const permitted = { tier, permissions: ['documents:read'] } as const;

const ABOVE: [string, object, Refusal][] = [
  ['a higher tier', { tier: 'professional' }, lacks({ tier: 'professional' })],
  ...LACKED.map((name): [string, object, Refusal] => [
    name,
    { permissions: [name] },
    lacks({ scope: name }),
  ]),
  [
    'one of several',
    { permissions: ['documents:read', 'usage:read', 'workflows:*', 'audit:read'] },
    lacks({ scope: 'usage:read audit:read' }),
  ],
  [
    'a tier and a permission',
    { tier: 'professional', permissions: ['*'] },
    lacks({ tier: 'professional', scope: '*' }),
  ],
];

const creations: Attempt[] = [
  ...ABOVE.flatMap(([, json, refusal]) => refused(refusal, create({ ...permitted, ...json }))),
  ...refused(
    lacks({ tier: 'professional' }),
    create({ permissions: [] }, 'with the tier that the account has'),
  ),
  ...['staging', 'production'].flatMap((environment) =>
    refused(lacks(), create({ ...permitted, environment })),
  ),
];

const within: Target = { key: permitted };

/** Keys of the same account that reach further. */
const STRONGER: [string, Target['key'], Refusal][] = [
  ['a key of a higher tier', { tier: 'professional' }, lacks({ tier: 'professional' })],
  ['a key with more', { permissions: ['usage:read'] }, lacks({ scope: 'usage:read' })],
  ['a key with a wildcard', { permissions: ['documents:*'] }, lacks({ scope: 'documents:*' })],
  ['a key with all', { permissions: ['*'] }, lacks({ scope: '*' })],
  ['an admin', { permissions: ['admin'] }, lacks({ scope: 'admin' })],
  ['a key of production', { environment: 'production' }, lacks()],
];

const beforeState: Attempt[] = STRONGER.flatMap(([name, key, refusal]) => {
  const target = { key: { ...permitted, ...key } };
  return refused(
    refusal,
    ...changes(name, target),
    { ...patch({ tier: 'lite', permissions: [] }, target), name: `lower ${name}` },
    {
      ...patch({ status: 'active' }, { ...target, state: 'disabled' }),
      name: `enable ${name}`,
    },
    { ...patch({ name: 'x' }, { ...target, state: 'revoked' }), name: `patch ${name}, revoked` },
  );
});

/** What is judged is the same as in a new key: some of it tells whether it is judged. */
const afterState: Attempt[] = ABOVE.filter(
  ([name]) => !/^(usage|audit|metrics|auth):/.test(name),
).flatMap(([, json, refusal]) => refused(refusal, patch(json, within)));

const foreign: Attempt[] = [
  ...changes("another account's key", { key: permitted, account: 'foreign' }),
  ...['{foreign}', 'acct_0000000000000000', 'all', 'ACCT_', ''].map((account_id) =>
    create({ ...permitted, account_id }),
  ),
].map((call) => ({ ...call, refusal: NOT_FOUND }));

/** Tier, permissions, environment, account. */
export const rightsFamilies: Family[] = [
  {
    name: 'more than the caller, in a new key',
    callers: CALLERS,
    attempts: creations,
    controls: [
      create(permitted),
      create({ tier: 'lite', permissions: [] }),
      create({ tier, permissions: RIGHTS, environment: 'development' }),
      create({ tier, permissions: ['workflows:read', 'workflows:write', 'workflows:execute'] }),
      create({ ...permitted, account_id: '{own}', expires_at: null, allowed_ips: null }),
      create({ ...permitted, methods: ['jwt', 'api_key'], metadata: {} }),
    ],
  },
  {
    name: 'a key that reaches further',
    callers: CALLERS,
    attempts: beforeState,
    controls: [
      ...changes('a key as strong', { key: { tier, permissions: RIGHTS } }),
      patch({ status: 'active' }, { ...within, state: 'disabled' }),
    ],
  },
  {
    name: 'more than the caller, in a key that lies within',
    callers: CALLERS,
    attempts: afterState,
    controls: [patch({ tier: 'lite' }, within), patch({ permissions: RIGHTS }, within)],
  },
  {
    name: 'the key of another account',
    callers: [...CALLERS, { name: 'a key with all but admin' }],
    attempts: foreign,
    controls: [...changes('a key', within), create({ ...permitted, account_id: '{own}' })],
  },
  {
    name: 'a wildcard, by one who has every name that it covers today',
    callers: [
      {
        name: 'a key',
        key: {
          permissions: ['documents:read', 'documents:write', 'documents:delete', 'api-keys:write'],
        },
      },
      {
        name: 'a JWT',
        key: { permissions: ['*'] },
        claims: { scope: 'documents:read documents:write documents:delete api-keys:write' },
      },
    ],
    attempts: [
      ...refused(lacks({ scope: 'documents:*' }), create({ permissions: ['documents:*'] })),
      ...refused(
        lacks({ scope: 'documents:*' }),
        ...changes('it', { key: { permissions: ['documents:*'] } }),
      ),
    ],
    controls: [create({ permissions: ['documents:read', 'documents:write', 'documents:delete'] })],
  },
];
