import type { TokenClaims } from '../credential/token-claims.js';
import type { AuthSettings } from '../auth.settings.js';
import type { Principal } from '../principal.js';
import type { ApiKey } from './api-key.entity.js';

/** Who calls with the key itself. */
export function principalOfKey(key: ApiKey, { tiers }: AuthSettings): Principal {
  return Object.freeze({
    accountId: key.accountId,
    keyId: key.id,
    method: 'api_key',
    subject: null,
    environment: key.environment,
    tier: tiers.lowest(key.tier, key.account.tier),
    permissions: Object.freeze([...key.permissions]),
    grants: Object.freeze([...key.permissions]),
    issuedAt: null,
    expiresAt: key.expiresAt,
  });
}

/** Who calls with a JWT that the key signed: the key's rights, lowered by the claims. */
export function principalOfToken(
  key: ApiKey,
  subject: string,
  claims: TokenClaims,
  settings: AuthSettings,
): Principal {
  const { tiers, permissions } = settings;
  const { narrowings } = claims;
  const names = permissions.narrow(key.permissions, narrowings);
  const wildcards = permissions.narrowWildcards(names, key.permissions, narrowings);
  return Object.freeze({
    ...principalOfKey(key, settings),
    method: 'jwt',
    subject,
    tier: tiers.lowest(
      key.tier,
      key.account.tier,
      ...(claims.tier === undefined ? [] : [claims.tier]),
    ),
    permissions: Object.freeze(names),
    grants: Object.freeze([...wildcards, ...names]),
    issuedAt: claims.issuedAt,
    expiresAt: earlier(key.expiresAt, claims.expiresAt),
  });
}

function earlier(one: Date | null, other: Date): Date {
  return one !== null && one < other ? one : other;
}
