import type { AuthSettings } from '../auth.settings.js';
import { rightsOf } from '../cache/rights.js';
import type { KeyHolder } from '../cache/remembered-credentials.js';
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
