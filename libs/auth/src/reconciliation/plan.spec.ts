import { beforeEach, describe, expect, it } from 'vitest';
import { Account } from '../accounts/account.entity.js';
import type { ApiKey } from '../api-keys/api-key.entity.js';
import { AuthSettings, type AuthModuleOptions } from '../auth.settings.js';
import { generateMasterKey } from '../credential/master-keys.js';
import { digestOf, type DesiredKey, type DesiredState } from './desired-state.js';
import { generateDesiredKey } from './generate-desired-key.js';
import { plan, type StoredState } from './plan.js';
import type { InvalidPlan, ReconciliationPlan } from './plan-types.js';

const OPTIONS = {
  masterKeys: generateMasterKey(1),
  permissions: ['documents:read', 'documents:write'],
  rateLimits: { lite: 100, standard: 500 },
  keyLimits: { lite: 1 },
  maxKeyLifetimeDays: 1,
} satisfies AuthModuleOptions;
const settings = new AuthSettings(OPTIONS);
const OWNER = 'acct_0000000000000001';
const OTHER = 'acct_0000000000000002';
const ABSENT = 'acct_0000000000000003';
const NOW = new Date('2026-06-01T00:00:00.000Z');
const LATER = new Date('2026-07-01T00:00:00.000Z');
const LATEST = new Date('2026-08-01T00:00:00.000Z');
const NOTHING: StoredState = { applied: null, accounts: [], keys: [] };

const owner = { id: OWNER, name: 'Owner', tier: 'standard' } as const;

function keyFor(accountId: string, more: Partial<DesiredKey> = {}): DesiredKey {
  const request = { accountId, name: 'Key', permissions: ['documents:read'] };
  return { ...generateDesiredKey(request, settings).entry, ...more };
}

function fileOf(revision: number, keys: readonly DesiredKey[]): DesiredState {
  return { revision, accounts: [owner], keys };
}

function judge(
  file: DesiredState,
  stored: StoredState = NOTHING,
  now = NOW,
): ReconciliationPlan | InvalidPlan {
  return plan(file, stored, { settings, now });
}

function planOf(file: DesiredState, stored?: StoredState, now?: Date): ReconciliationPlan {
  const judged = judge(file, stored, now);
  if (judged.status === 'invalid') throw new Error(JSON.stringify(judged.problems));
  return judged;
}

/** Every problem as `path: message`. */
function problemsOf(file: DesiredState, stored?: StoredState): string[] {
  const judged = judge(file, stored);
  if (judged.status !== 'invalid') return [];
  return judged.problems.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

const warningsOf = ({ warnings }: ReconciliationPlan): string[] =>
  warnings.map(({ path, message }) => `${path.join('.')}: ${message}`);

/** The database once a file was applied to it. */
function after(file: DesiredState, before: StoredState = NOTHING): StoredState {
  const { creations, changes, revocations } = planOf(file, before);
  const accounts = [...creations.accounts, ...changes.accounts.map(({ account }) => account)];
  const keys = [...creations.keys, ...[...changes.keys, ...revocations].map(({ key }) => key)];
  const merge = <Row extends { id: string }>(old: readonly Row[], fresh: readonly Row[]): Row[] => [
    ...new Map([...old, ...fresh].map((row) => [row.id, row])).values(),
  ];
  return {
    applied: { revision: file.revision, digest: digestOf(file) },
    accounts: merge(before.accounts, accounts),
    keys: merge(before.keys, keys),
  };
}

/** The database once the API has changed every key in it. */
function drifted(stored: StoredState, changes: Partial<ApiKey>): StoredState {
  const keys = stored.keys.map((key) => Object.assign(Object.create(null), key, changes) as ApiKey);
  return { ...stored, keys };
}

/** The database once the API has changed every account in it. */
function withAccounts(stored: StoredState, changes: Partial<Account>): StoredState {
  const accounts = stored.accounts.map((account) => Object.assign(new Account(), account, changes));
  return { ...stored, accounts };
}

const membersOf = (planned: ReconciliationPlan): string[] =>
  planned.changes.keys.flatMap(({ members }) => members.map(({ member }) => member));

const isIdle = ({ creations, changes, revocations }: ReconciliationPlan): boolean =>
  [creations.accounts, creations.keys, changes.accounts, changes.keys, revocations].flat()
    .length === 0;

let key: DesiredKey;
beforeEach(() => {
  key = keyFor(OWNER);
});

describe('a file that is applied', () => {
  it('adds what is not there; what an entry leaves out has its default', () => {
    const { creations } = planOf(fileOf(1, [key]));
    expect(creations.accounts).toEqual([{ ...owner, status: 'active', createdAt: NOW }]);
    expect(creations.keys[0]).toMatchObject({
      id: key.id,
      accountId: OWNER,
      tier: 'standard',
      methods: ['api_key', 'jwt'],
      allowedIps: null,
      rateLimit: null,
      expiresAt: null,
      disabledAt: null,
      metadata: {},
      source: 'config',
      lineageId: key.id,
      lineageCreatedAt: NOW,
    });
  });

  it('changes nothing the second time', () => {
    const rich = {
      ...key,
      metadata: { zero: -0, none: undefined },
      expiresAt: LATER,
      status: 'disabled',
    } as const;
    const file = fileOf(1, [rich]);
    expect(isIdle(planOf(file, after(file), LATEST))).toBe(true);
  });

  it('puts back what was changed over the API, defaults included', () => {
    const file = fileOf(1, [key]);
    const stored = drifted(after(file), {
      name: 'Other',
      tier: 'lite',
      permissions: [],
      methods: ['jwt'],
      allowedIps: ['10.0.0.0/8'],
      rateLimit: 1,
      metadata: { a: 1 },
      expiresAt: LATER,
    });
    const planned = planOf(file, stored);
    expect(membersOf(planned)).toEqual([
      'name',
      'tier',
      'permissions',
      'methods',
      'allowed_ips',
      'rate_limit',
      'metadata',
      'expires_at',
    ]);
    expect(planned.changes.keys[0]?.members[0]).toEqual({
      member: 'name',
      before: 'Other',
      after: 'Key',
    });
  });

  it('leaves the status alone unless it says one, and never touches what was done to JWTs', () => {
    const file = fileOf(1, [key]);
    const stored = drifted(after(file), { disabledAt: NOW, tokensNotBefore: NOW });
    const suspended = withAccounts(stored, { status: 'suspended' });
    expect(isIdle(planOf(file, suspended))).toBe(true);
    const said = {
      revision: 2,
      accounts: [{ ...owner, status: 'active' as const }],
      keys: [{ ...key, status: 'active' as const }],
    };
    const planned = planOf(said, suspended);
    expect(membersOf(planned)).toEqual(['disabled_at']);
    expect(planned.changes.keys[0]?.key).toMatchObject({ disabledAt: null, tokensNotBefore: NOW });
    expect(planned.changes.accounts[0]?.members).toEqual([
      { member: 'status', before: 'suspended', after: 'active' },
    ]);
  });

  it('revokes keys of its own that are gone from it, once, and no other', () => {
    const stored = after(fileOf(1, [key]));
    const [first] = planOf(fileOf(2, []), stored).revocations;
    expect(first?.members).toEqual([
      { member: 'revoked_at', before: null, after: NOW.toISOString() },
    ]);
    expect(isIdle(planOf(fileOf(2, []), after(fileOf(2, []), stored)))).toBe(true);
    expect(isIdle(planOf(fileOf(2, []), drifted(stored, { source: 'api' })))).toBe(true);
  });

  it('removes no account', () => {
    const stored = after(fileOf(1, []));
    expect(isIdle(planOf({ revision: 2, accounts: [], keys: [] }, stored))).toBe(true);
  });

  it('leaves a revoked key alone, and says so', () => {
    const stored = drifted(after(fileOf(1, [key])), { revokedAt: NOW });
    const planned = planOf(fileOf(2, [{ ...key, name: 'New' }]), stored);
    expect(isIdle(planned)).toBe(true);
    expect(warningsOf(planned)).toEqual(['keys.0.id: is revoked for good, and is left alone']);
  });

  it.each([
    ['earlier than it ends', NOW, NOW],
    ['later than it ends', LATEST, LATER],
    ['never', undefined, LATER],
  ])('ends a key with a successor where it says, never later: %s', (_, said, expected) => {
    const stored = drifted(after(fileOf(1, [key])), { expiresAt: LATER, rotatedTo: 'key_x' });
    const file = fileOf(2, [{ ...key, name: 'New', expiresAt: said }]);
    expect(planOf(file, stored).changes.keys[0]?.key.expiresAt).toEqual(expected);
  });

  it('is not bound by what binds callers: age, lifetime, number of keys', () => {
    const keys = [keyFor(OWNER, { expiresAt: new Date(0) }), keyFor(OWNER), keyFor(OWNER)];
    const accounts = [{ ...owner, tier: 'lite' }];
    expect(planOf({ revision: 1, accounts, keys }).creations.keys).toHaveLength(3);
  });
});

describe('a revision', () => {
  it('lower than the applied one changes nothing, whatever else is wrong with it', () => {
    const stored = after(fileOf(5, [key]));
    const planned = planOf(fileOf(4, [keyFor(ABSENT)]), stored);
    expect([planned.status, isIdle(planned)]).toEqual(['stale', true]);
    expect(warningsOf(planned)).toEqual([
      'revision: is lower than 5, which was applied already: nothing is applied',
    ]);
  });

  it('that was applied with other content is refused', () => {
    const stored = after(fileOf(5, [key]));
    expect(problemsOf(fileOf(5, []), stored)).toEqual([
      'revision: was applied already with other content: raise it',
    ]);
  });

  it('has the same content in any order', () => {
    const other = keyFor(OWNER);
    const turned = Object.fromEntries(Object.entries(key).reverse()) as unknown as DesiredKey;
    expect(isIdle(planOf(fileOf(5, [other, turned]), after(fileOf(5, [key, other]))))).toBe(true);
  });

  it.each([-1, 1.5, NaN, 2 ** 53])('is a whole number: not %d', (revision) => {
    expect(problemsOf(fileOf(revision, []))).toEqual([
      'revision: must be a whole number from 0 on',
    ]);
  });
});

describe('a file that cannot be applied', () => {
  it('is told everything that is wrong, in its own order', () => {
    const file = {
      revision: 1,
      accounts: [owner, { id: 'acct_x', name: '', tier: 'gold' }, owner],
      keys: [
        keyFor(OWNER, { tier: 'gold', rateLimit: 7, name: 'a\nb', allowedIps: ['10.0.0.0/33'] }),
        keyFor(OWNER, { permissions: ['documents:fly'], methods: [], tier: 'professional' }),
        keyFor(ABSENT),
        keyFor(OWNER, { rateLimit: 501 }),
        keyFor(OWNER, { tier: 'lite', rateLimit: 101 }),
        keyFor(OWNER, { verifier: Buffer.alloc(31), sealedDigest: Buffer.alloc(0), id: 'key_x' }),
        keyFor(OWNER, { verifierScheme: 'md5', allowedIps: [] }),
      ],
    };
    expect(problemsOf(file)).toEqual([
      'accounts.1.id: is not the id of an account',
      'accounts.1.name: must have 1 to 100 characters and no control characters',
      'accounts.1.tier: unknown tier "gold"',
      'accounts.2.id: stands twice: accounts[0] has the same one',
      'keys.0.name: must have 1 to 100 characters and no control characters',
      'keys.0.tier: unknown tier "gold"',
      'keys.0.allowedIps: "10.0.0.0/33" is no IP address or range',
      'keys.1.permissions: unknown permission "documents:fly"',
      `keys.1.tier: is above the account's tier "standard"`,
      'keys.1.methods: must name at least one',
      'keys.2.accountId: names no account',
      `keys.3.rateLimit: must be a whole number from 1 to 500, the tier's`,
      `keys.4.rateLimit: must be a whole number from 1 to 100, the tier's`,
      'keys.5.id: is not the id of a key',
      'keys.5.verifier: must have 32 bytes',
      'keys.5.sealedDigest: is not a sealed digest',
      'keys.6.verifierScheme: is not known',
      'keys.6.allowedIps: must name at least one',
    ]);
  });

  it('names a key twice', () => {
    expect(problemsOf(fileOf(1, [key, keyFor(OWNER), key]))).toEqual([
      'keys.2.id: stands twice: keys[0] has the same one',
    ]);
  });

  it('names a key that was made elsewhere, be it revoked', () => {
    const stored = drifted(after(fileOf(1, [key])), { source: 'api', revokedAt: NOW });
    expect(problemsOf(fileOf(2, [key]), stored)).toEqual([
      'keys.0.id: is a key that was not made by this file (its source is api)',
    ]);
  });

  it('gives the id of a key to another, be that one revoked', () => {
    const stored = after({ ...fileOf(1, [key]), accounts: [owner, { ...owner, id: OTHER }] });
    const other = keyFor(OTHER, { id: key.id, environment: 'production' });
    const sentence = 'is not that of the key with this id: give another key an id of its own';
    for (const state of [stored, drifted(stored, { revokedAt: NOW })])
      expect(problemsOf(fileOf(2, [other]), state)).toEqual([
        `keys.0.accountId: ${sentence}`,
        `keys.0.environment: ${sentence}`,
        `keys.0.verifier: ${sentence}`,
      ]);
  });
});

describe('the tier of an account', () => {
  it('that the file does not name may have been lowered: its keys are not wrong by that', () => {
    const lowered = withAccounts(after(fileOf(1, [])), { tier: 'lite' });
    const keys = [keyFor(OWNER, { tier: 'standard', rateLimit: 500 }), keyFor(OWNER)];
    const planned = planOf({ revision: 2, accounts: [], keys }, lowered);
    expect(planned.creations.keys.map(({ tier }) => tier)).toEqual(['standard', 'lite']);
    expect(problemsOf({ revision: 2, accounts: [{ ...owner, tier: 'lite' }], keys })).toEqual([
      `keys.0.tier: is above the account's tier "lite"`,
      `keys.0.rateLimit: must be a whole number from 1 to 100, the tier's`,
    ]);
  });
});

describe('a sealed digest', () => {
  it('opens for the id and the account that it was sealed for alone', () => {
    const { sealedDigest } = keyFor(OWNER);
    expect(problemsOf(fileOf(1, [{ ...key, sealedDigest }]))).toEqual([
      'keys.0.sealedDigest: was sealed for another id, account or master key',
    ]);
  });

  it('under a master key that is not here is stored with a warning', () => {
    const elsewhere = new AuthSettings({ ...OPTIONS, masterKeys: generateMasterKey(7) });
    const request = { accountId: OWNER, name: 'Key', permissions: [] };
    const { entry } = generateDesiredKey(request, elsewhere);
    const planned = planOf(fileOf(1, [entry]));
    expect(planned.creations.keys).toHaveLength(1);
    expect(warningsOf(planned)).toEqual([
      'keys.0.sealedDigest: was sealed under master key version 7, which is not configured: ' +
        'JWTs of this key are answered with 503',
    ]);
  });

  it('counts when the key is new, never again', () => {
    const stored = after(fileOf(1, [key]));
    const file = fileOf(2, [{ ...key, sealedDigest: Buffer.from('resealed') }]);
    expect(isIdle(planOf(file, stored))).toBe(true);
  });
});

describe('a key that is generated for a file', () => {
  it('is recognised by what the entry says, and nothing more of it is in there', () => {
    const request = { accountId: OWNER, name: 'Key', permissions: [], tier: 'lite' };
    const { key: text, entry } = generateDesiredKey(request, settings);
    expect(settings.format.keyIdOf(text)).toBe(entry.id);
    expect(JSON.stringify(entry)).not.toContain(text);
    const { creations } = planOf(fileOf(1, [entry]));
    expect(creations.keys[0]).toMatchObject({ id: entry.id, tier: 'lite' });
  });

  it.each([
    ['accountId', { accountId: 'me' }],
    ['name', { name: '' }],
    ['tier', { tier: 'gold' }],
    ['permissions', { permissions: ['fly'] }],
    ['expiresAt', { expiresAt: new Date(0) }],
  ])('is not made when its %s is wrong', (field, more) => {
    const request = { accountId: OWNER, name: 'Key', permissions: [], ...more };
    expect(() => generateDesiredKey(request, settings)).toThrow(
      expect.objectContaining({ name: 'InvalidApiKeyRequestError', field }) as Error,
    );
  });
});

it('an account that exists is renamed and moved to its tier, whoever made it', () => {
  const account = Object.assign(new Account(), { ...owner, status: 'active', createdAt: LATER });
  const stored = { ...NOTHING, accounts: [account] };
  const accounts = [{ ...owner, name: 'New', tier: 'lite' }];
  const [change] = planOf({ revision: 1, accounts, keys: [] }, stored).changes.accounts;
  expect(change?.members.map(({ member }) => member)).toEqual(['name', 'tier']);
  expect(change?.account.createdAt).toEqual(LATER);
});
