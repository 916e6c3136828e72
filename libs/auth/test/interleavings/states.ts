import { randomBytes } from 'node:crypto';
import type { KeyRecord } from '../../src/api-keys/key-record.js';
import { AuthSettings } from '../../src/auth.settings.js';
import { namesOfAccount, namesOfKey } from '../../src/cache/change-clock.js';
import { newId } from '../../src/credential/identifiers.js';
import { signingDigest } from '../../src/credential/signing-key.js';
import { computeVerifier } from '../../src/credential/verifier.js';
import type { AuthenticationMethod } from '../../src/principal.js';

export const ADDRESSES = ['192.0.2.1', '198.51.100.1'] as const;
export const TIERS = ['lite', 'standard', 'professional'] as const;
export type TierName = (typeof TIERS)[number];

export const settings = new AuthSettings({
  masterKeys: [{ version: 1, key: randomBytes(32) }],
  permissions: ['a:read', 'a:write'],
});

/** What never changes of the keys: three of one account, of which two are made later, and one of another. */
export const accountIds = [newId('acct'), newId('acct')] as const;
export const issued = [0, 0, 0, 1].map((account) => {
  const { key, keyId: id } = settings.format.generate('development');
  const accountId = accountIds[account] as string;
  const sealedDigest = settings.masterKeys.seal(signingDigest(key), { keyId: id, accountId });
  return { key, id, account, accountId, verifier: computeVerifier(key), sealedDigest };
});
const LATER_KEYS = [1, 2];

/** What changes of a key. Times are milliseconds since the epoch. */
export interface KeyState {
  readonly exists: boolean;
  readonly revoked: boolean;
  readonly disabled: boolean;
  readonly tier: TierName;
  readonly permissions: readonly string[];
  readonly methods: readonly AuthenticationMethod[];
  readonly allowedIps: readonly string[] | null;
  readonly expiresAt: number | null;
  readonly tokensNotBefore: number | null;
}

export interface AccountState {
  readonly tier: TierName;
  readonly suspended: boolean;
}

/** The database after a commit. */
export interface State {
  readonly keys: readonly KeyState[];
  readonly accounts: readonly AccountState[];
}

const NEW_KEY: KeyState = {
  exists: true,
  revoked: false,
  disabled: false,
  tier: 'professional',
  permissions: ['a:*'],
  methods: ['api_key', 'jwt'],
  allowedIps: null,
  expiresAt: null,
  tokensNotBefore: null,
};
export const INITIAL: State = {
  keys: issued.map((_, at) => ({ ...NEW_KEY, exists: !LATER_KEYS.includes(at) })),
  accounts: accountIds.map(() => ({ tier: 'professional', suspended: false })),
};

/** A change of one key or of one account. `now` is the moment of the commit. */
export type Change =
  | { readonly key: number; readonly change: keyof typeof KEY_CHANGES }
  | { readonly account: number; readonly change: keyof typeof ACCOUNT_CHANGES };

export const KEY_CHANGES = {
  create: () => ({ exists: true }),
  revoke: () => ({ revoked: true }),
  disable: () => ({ disabled: true }),
  enable: () => ({ disabled: false }),
  lower: () => ({ tier: 'lite' }),
  raise: () => ({ tier: 'professional' }),
  narrow: () => ({ permissions: ['a:read'] }),
  widen: () => ({ permissions: ['a:*'] }),
  bind: () => ({ allowedIps: [ADDRESSES[0]] }),
  unbind: () => ({ allowedIps: null }),
  withoutTokens: () => ({ methods: ['api_key'] }),
  tokensAlone: () => ({ methods: ['jwt'] }),
  withTokens: () => ({ methods: ['api_key', 'jwt'] }),
  expireSoon: (now: number) => ({ expiresAt: now + 3000 }),
  expireNever: () => ({ expiresAt: null }),
  revokeTokens: (now: number) => ({ tokensNotBefore: (Math.floor(now / 1000) + 1) * 1000 }),
} as const satisfies Record<string, (now: number) => Partial<KeyState>>;

export const ACCOUNT_CHANGES = {
  suspend: { suspended: true },
  activate: { suspended: false },
  lower: { tier: 'standard' },
  raise: { tier: 'professional' },
} as const satisfies Record<string, Partial<AccountState>>;

export function changed({ keys, accounts }: State, change: Change, now: number): State {
  if ('key' in change) {
    const patch = KEY_CHANGES[change.change](now);
    return {
      accounts,
      keys: keys.with(change.key, { ...(keys[change.key] as KeyState), ...patch }),
    };
  }
  const { account } = change;
  const patch = ACCOUNT_CHANGES[change.change];
  return {
    keys,
    accounts: accounts.with(account, { ...(accounts[account] as AccountState), ...patch }),
  };
}

export function namesOf(change: Change): string[] {
  if ('account' in change) return namesOfAccount({ id: accountIds[change.account] as string });
  return namesOfKey(issued[change.key] as (typeof issued)[number]);
}

export function concerns(change: Change, key: number): boolean {
  return 'key' in change ? change.key === key : change.account === issued[key]?.account;
}

const toDate = (time: number | null): Date | null => (time === null ? null : new Date(time));

export function recordsOf({ keys, accounts }: State): KeyRecord[] {
  return issued.flatMap(({ id, accountId, account, verifier, sealedDigest }, at) => {
    const { exists, revoked, disabled, expiresAt, tokensNotBefore, ...key } = keys[at] as KeyState;
    const { tier, suspended } = accounts[account] as AccountState;
    const record = {
      ...{
        ...key,
        id,
        accountId,
        verifier,
        sealedDigest,
        environment: 'development',
        rotatedTo: null,
      },
      revokedAt: revoked ? new Date() : null,
      disabledAt: disabled ? new Date() : null,
      expiresAt: toDate(expiresAt),
      tokensNotBefore: toDate(tokensNotBefore),
      account: { tier, status: suspended ? 'suspended' : 'active' },
    };
    return exists ? [record as unknown as KeyRecord] : [];
  });
}

/** As the query for the signers of an account has it. */
export function isCandidate({
  revokedAt,
  disabledAt,
  expiresAt,
  methods,
  account,
}: KeyRecord): boolean {
  const isAlive =
    revokedAt === null && disabledAt === null && (expiresAt === null || expiresAt > new Date());
  return isAlive && methods.includes('jwt') && account.status === 'active';
}
