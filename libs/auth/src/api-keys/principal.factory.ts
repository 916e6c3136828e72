import type { AuthSettings } from '../auth.settings.js';
import { rightsOf } from '../cache/rights.js';
import type { KeyHolder, Recognition } from '../cache/remembered-credentials.js';
import type { TokenClaims } from '../credential/token-claims.js';
import type { Principal } from '../principal.js';
import type { KeyRecord } from './key-record.js';
import { tokenRightsOf } from './token-rights.js';

/** What of a key's row its principal is made of. */
export function holderOf(key: KeyRecord, { tiers }: AuthSettings): KeyHolder {
  return {
    keyId: key.id,
    accountId: key.accountId,
    rights: rightsOf({ ...key, tier: tiers.lowest(key.tier, key.account.tier) }),
    until: key.expiresAt?.getTime() ?? null,
  };
}

/** Who calls with the key itself. */
export function principalOfHolder({ keyId, accountId, rights, until }: KeyHolder): Principal {
  return Object.freeze({
    accountId,
    keyId,
    method: 'api_key',
    subject: null,
    environment: rights.environment,
    tier: rights.tier,
    permissions: rights.permissions,
    grants: rights.permissions,
    issuedAt: null,
    expiresAt: until === null ? null : new Date(until),
  });
}

/** Who calls, for this request alone: a frozen object still has times, which can be altered in place. */
export function principalOf(recognition: Recognition): Principal {
  const { principal } = recognition;
  if (principal === null) return principalOfHolder(recognition);
  const { issuedAt, expiresAt } = principal;
  return Object.freeze({ ...principal, issuedAt: copyOf(issuedAt), expiresAt: copyOf(expiresAt) });
}

/** Who calls with the key itself. */
export function principalOfKey(key: KeyRecord, settings: AuthSettings): Principal {
  return principalOfHolder(holderOf(key, settings));
}

/** Who calls with a JWT that the key signed: the key's rights, lowered by the claims. */
export function principalOfToken(
  { keyId, accountId, rights, until }: KeyHolder,
  subject: string,
  claims: TokenClaims,
  { tiers, permissions: catalogue }: AuthSettings,
): Principal {
  const left = tokenRightsOf(catalogue, rights.permissions, claims.narrowings);
  return Object.freeze({
    accountId,
    keyId,
    method: 'jwt',
    subject,
    environment: rights.environment,
    tier: claims.tier === undefined ? rights.tier : tiers.lowest(rights.tier, claims.tier),
    permissions: left.permissions,
    grants: left.grants,
    issuedAt: claims.issuedAt,
    expiresAt:
      until !== null && until < claims.expiresAt.getTime() ? new Date(until) : claims.expiresAt,
  });
}

function copyOf(time: Date | null): Date | null {
  return time === null ? null : new Date(time);
}
