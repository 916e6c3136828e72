import { describe, expect, it } from 'vitest';
import type { AuthSettings } from '../auth.settings.js';
import type { TokenClaims } from '../credential/token-claims.js';
import { PermissionCatalogue } from '../permission.js';
import type { Principal } from '../principal.js';
import { TierLadder } from '../tier.js';
import type { KeyRecord } from './key-record.js';
import { holderOf, principalOfKey, principalOfToken } from './principal.factory.js';

type Tier = 'lite' | 'standard' | 'professional';

const TIERS: readonly Tier[] = ['lite', 'standard', 'professional'];
const settings = {
  tiers: new TierLadder(TIERS),
  permissions: new PermissionCatalogue(['documents:read', 'documents:write']),
} as AuthSettings;
const END = new Date('2027-01-15T08:00:00.000Z');
const START = new Date(END.getTime() - 60_000);

const keyOf = (tier: Tier, account: Tier, expiresAt: Date | null = null): KeyRecord =>
  ({
    id: 'key_x',
    accountId: 'acct_x',
    account: { tier: account },
    tier,
    environment: 'production',
    permissions: ['documents:*'],
    allowedIps: null,
    expiresAt,
  }) as KeyRecord;

const claimsOf = (claims: Partial<TokenClaims> = {}): TokenClaims => ({
  issuedAt: START,
  expiresAt: END,
  tier: undefined,
  narrowings: [],
  ...claims,
});

const tokenPrincipal = (key: KeyRecord, subject: string, claims: TokenClaims): Principal =>
  principalOfToken(holderOf(key, settings), subject, claims, settings);

describe('who calls', () => {
  const combinations = TIERS.flatMap((key) => TIERS.map((account) => ({ key, account })));

  it.each(combinations)('is on the lower tier of key ($key) and account ($account)', (tiers) => {
    const { key, account } = tiers;
    const lower = TIERS[Math.min(TIERS.indexOf(key), TIERS.indexOf(account))];
    expect(principalOfKey(keyOf(key, account), settings).tier).toBe(lower);
    expect(tokenPrincipal(keyOf(key, account), 'x', claimsOf()).tier).toBe(lower);
  });

  it('lowers the tier by a claim and never raises it', () => {
    const tierOf = (key: KeyRecord, tier: Tier): string =>
      tokenPrincipal(key, 'x', claimsOf({ tier })).tier;
    expect(tierOf(keyOf('professional', 'professional'), 'lite')).toBe('lite');
    expect(tierOf(keyOf('lite', 'professional'), 'professional')).toBe('lite');
    expect(tierOf(keyOf('professional', 'standard'), 'professional')).toBe('standard');
  });

  it('may by JWT what the claims leave of the key, and by key what is stored', () => {
    const key = keyOf('lite', 'lite');
    const claims = claimsOf({ narrowings: [['documents:read', 'admin']] });
    expect(principalOfKey(key, settings).permissions).toEqual(['documents:*']);
    expect(tokenPrincipal(key, 'x', claims).permissions).toEqual(['documents:read']);
  });

  it('may give on what is stored, and by JWT what the claims leave of it', () => {
    const key = keyOf('lite', 'lite');
    const grantsOf = (...narrowings: string[][]): readonly string[] =>
      tokenPrincipal(key, 'x', claimsOf({ narrowings })).grants;
    expect(principalOfKey(key, settings).grants).toEqual(['documents:*']);
    expect(grantsOf(['*'])).toContain('documents:*');
    expect(grantsOf(['documents:read'])).toEqual(['documents:read']);
  });

  it('is somebody until the key or the JWT ends, whichever is the earlier', () => {
    const endOf = (expiresAt: Date | null): Date | null =>
      tokenPrincipal(keyOf('lite', 'lite', expiresAt), 'x', claimsOf()).expiresAt;
    expect(endOf(null)).toEqual(END);
    expect(endOf(new Date(END.getTime() + 1))).toEqual(END);
    expect(endOf(new Date(END.getTime() - 1))).toEqual(new Date(END.getTime() - 1));
    expect(principalOfKey(keyOf('lite', 'lite', END), settings).expiresAt).toEqual(END);
  });

  it('is told with the key, the account and the user, and cannot be changed', () => {
    const key = keyOf('lite', 'lite');
    const byKey = principalOfKey(key, settings);
    const byToken = tokenPrincipal(key, 'user', claimsOf());
    const common = { keyId: 'key_x', accountId: 'acct_x', environment: 'production' };
    expect(byKey).toMatchObject({ ...common, method: 'api_key', subject: null, issuedAt: null });
    const jwt = { method: 'jwt', subject: 'user', issuedAt: START };
    expect(byToken).toMatchObject({ ...common, ...jwt });
    for (const principal of [byKey, byToken]) {
      const parts = [principal, principal.permissions, principal.grants];
      expect(parts.every((part) => Object.isFrozen(part))).toBe(true);
    }
  });
});
