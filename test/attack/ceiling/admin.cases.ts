import { changes, create, impossible, lacks, NOT_FOUND, patch, refused } from './attempt.js';
import type { Caller, Family, Target } from './attempt.js';

const permissions = ['documents:read'];
const GRANTS = ['admin', 'api-keys:write', ...permissions];
const lite = { tier: 'lite', permissions: GRANTS } as const;

/** Little but `admin`. */
const ADMINS: Caller[] = [
  { name: 'an admin key', key: lite },
  { name: 'an admin JWT', key: lite, claims: { scope: GRANTS.join(' ') } },
  {
    name: 'an admin JWT, lowered',
    key: { permissions: ['*', 'admin'] },
    claims: { tier: 'lite', permissions: GRANTS },
  },
];

/** As far from the caller as `admin` reaches. */
const FAR = { tier: 'professional', environment: 'production', permissions } as const;

const abroad = (key: Target['key']): Target => ({ key, account: 'foreign' });
const FOREIGN = { account_id: '{foreign}' };
const GIVEN = ['*', 'documents:*', 'documents:write', 'workflows:read'];

/** `admin` lifts account, tier and environment, and nothing else. */
export const adminFamilies: Family[] = [
  {
    name: 'permissions that an admin lacks',
    callers: ADMINS,
    attempts: GIVEN.flatMap((name) =>
      refused(
        lacks({ scope: name }),
        create({ permissions: [name] }),
        create({ permissions: [name], ...FOREIGN }),
        patch({ permissions: [name] }, { key: { permissions } }),
        { ...patch({ permissions: [name] }, abroad(FAR)), name: `patch abroad to ${name}` },
        ...changes(`${name} abroad`, abroad({ ...FAR, permissions: [name] })),
      ),
    ),
    controls: [
      create({ permissions }),
      create({ ...FAR }),
      create({ ...FAR, ...FOREIGN }),
      create({ permissions: GRANTS, ...FOREIGN }),
      create({ permissions: [], ...FOREIGN, environment: 'staging' }),
      patch({ tier: 'professional' }, abroad({ ...FAR, tier: 'lite' })),
      ...changes('a key abroad', abroad(FAR)),
      ...changes('a key at home', { key: FAR }),
    ],
  },
  {
    name: 'what only an admin may, by one who is none',
    callers: [
      { name: 'a key with all', key: { permissions: ['*'] } },
      { name: 'a JWT of an admin that claims nothing of it', ...silent('* api-keys:write') },
      { name: 'a JWT of an admin that claims all but it', ...silent('api-keys:write *') },
      {
        name: 'a JWT that claims it of a key without',
        key: { permissions: ['*'] },
        claims: { scope: '* api-keys:write admin' },
      },
      {
        name: 'a JWT of an admin, one of whose claims does not name it',
        key: { permissions: ['*', 'admin'] },
        claims: { scope: '* api-keys:write', permissions: ['*', 'admin', 'api-keys:write'] },
      },
    ],
    attempts: [
      ...refused(NOT_FOUND, create({ ...FAR, ...FOREIGN }), ...changes('abroad', abroad(FAR))),
      ...refused(lacks(), create({ ...FAR }), ...changes('in production', { key: FAR })),
      ...refused(
        lacks({ scope: 'admin' }),
        create({ permissions: ['admin'] }),
        patch({ permissions: ['*', 'admin'] }, { key: {} }),
        ...changes('an admin', { key: { permissions: ['admin'] } }),
      ),
    ],
    controls: [create({ permissions: ['*'] }), ...changes('a key', { key: {} })],
  },
];

function silent(scope: string): Pick<Caller, 'key' | 'claims'> {
  return { key: { permissions: ['*', 'admin'] }, claims: { scope } };
}

const EVERYTHING: Caller[] = [
  { name: 'a key with all', key: { permissions: ['*'] } },
  { name: 'an admin with all', key: { permissions: ['*', 'admin'] } },
  {
    name: 'an admin JWT with all',
    key: { permissions: ['*', 'admin'] },
    claims: { scope: '* admin api-keys:write' },
  },
];

const NO_PERMISSIONS = [
  'documents:fly',
  '*:read',
  '*:*',
  '**',
  'documents',
  'documents:',
  'documents:r*',
  'doc*',
  'Documents:read',
  'documents:read ',
  'documents:read documents:write',
  'ADMIN',
  'admin:*',
  'flights:*',
  '',
];

const NONE = NO_PERMISSIONS.map((name) => ({ permissions: ['documents:read', name] }));

/** Impossible whoever asks. */
export const impossibleFamilies: Family[] = [
  {
    name: 'a permission that is none',
    callers: EVERYTHING,
    attempts: refused(
      impossible('permissions'),
      ...NONE.flatMap((json) => [create(json), patch(json, { key: {} })]),
    ),
    controls: [
      create({ permissions: ['documents:read', 'documents:*', '*'] }),
      patch({ permissions: ['documents:read', 'documents:*', '*'] }, { key: {} }),
    ],
  },
  {
    name: 'a tier above that of the account',
    callers: EVERYTHING.map(({ key, ...caller }) => ({
      ...caller,
      key: { ...key, tier: 'standard' },
    })),
    tier: 'standard',
    attempts: refused(
      impossible('tier'),
      create({ permissions: [], tier: 'professional' }),
      patch({ tier: 'professional' }, { key: { tier: 'lite' } }),
      patch({ tier: 'professional' }),
    ),
    controls: [
      create({ permissions: [] }),
      create({ permissions: [], tier: 'standard' }),
      patch({ tier: 'standard' }, { key: { tier: 'lite' } }),
    ],
  },
  {
    name: 'a tier above that of another account, by an admin of a higher one',
    callers: EVERYTHING.slice(1),
    foreignTier: 'lite',
    attempts: refused(
      impossible('tier'),
      create({ permissions: [], tier: 'standard', ...FOREIGN }),
      create({ permissions: [], tier: 'professional', ...FOREIGN }),
      patch({ tier: 'standard' }, abroad({ tier: 'lite' })),
    ),
    controls: [
      create({ permissions: [], ...FOREIGN }),
      patch({ tier: 'lite' }, abroad({ tier: 'lite' })),
    ],
  },
];

const ABOVE: Target = { key: { tier: 'professional' } };

/** The account was lowered; its keys still say what they were made with. */
export const loweredFamilies: Family[] = [
  {
    name: 'the tier that a lowered account had',
    callers: EVERYTHING.slice(0, 2),
    loweredTo: 'standard',
    attempts: refused(
      impossible('tier'),
      create({ permissions: [], tier: 'professional' }),
      patch({ tier: 'professional' }, ABOVE),
      patch({ tier: 'professional' }, { key: { tier: 'lite' } }),
    ),
    controls: [
      ...changes('a key that was left above', ABOVE),
      patch({ tier: 'standard' }, ABOVE),
      create({ permissions: [] }),
    ],
  },
  {
    name: 'a key of a lowered account, by one below what it was lowered to',
    callers: [
      { name: 'a lite key', key: { tier: 'lite' } },
      { name: 'a lite JWT', claims: { tier: 'lite', scope: '* api-keys:write' } },
    ],
    loweredTo: 'standard',
    attempts: refused(
      lacks({ tier: 'standard' }),
      ...changes('a key that was left above', ABOVE),
      create({ permissions: [] }),
    ),
    controls: [...changes('a lite key', { key: { tier: 'lite' } })],
  },
];
