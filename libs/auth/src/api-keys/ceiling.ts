import { ADMIN } from '../permission.js';
import type { AuthSettings } from '../auth.settings.js';
import { isInRanges } from '../ip-range.js';
import type { Principal } from '../principal.js';
import type { ApiKey } from './api-key.entity.js';

/** What a caller may reach with the keys that it makes or changes. */
export interface Ceiling {
  readonly principal: Principal;
  /** The caller's own key: its methods, its addresses and its expiry bind what it gives on, also when a JWT calls. */
  readonly key: Pick<ApiKey, 'methods' | 'allowedIps' | 'expiresAt'>;
}

/** What of a key lies within a ceiling, or does not. */
export type BoundedKey = Pick<
  ApiKey,
  'environment' | 'tier' | 'permissions' | 'methods' | 'allowedIps' | 'expiresAt'
> & { readonly account: Pick<ApiKey['account'], 'tier'> };

/** What of a key lies above a ceiling. */
export interface Excess {
  /** The key's effective tier, when the caller's is lower. */
  readonly tier: ApiKey['tier'] | undefined;
  /** Grants that the caller may not give. */
  readonly permissions: readonly string[];
  /** Names of the members that reach further than the caller's own. */
  readonly members: readonly ('environment' | 'methods' | 'allowedIps' | 'expiresAt')[];
}

/** Whether the caller reaches across accounts. */
export function isAdmin({ permissions }: Principal): boolean {
  return permissions.includes(ADMIN);
}

/**
 * What of the key lies above the ceiling, or null when nothing does. `admin` lifts tier and environment, and nothing
 * else. Whose the key is, is not asked here.
 */
export function excessOf(
  key: BoundedKey,
  { principal, key: own }: Ceiling,
  { tiers, permissions }: AuthSettings,
): Excess | null {
  const lifted = isAdmin(principal);
  const tier = tiers.lowest(key.tier, key.account.tier);
  const excess: Excess = {
    tier: lifted || tiers.includes(principal.tier, tier) ? undefined : tier,
    permissions: key.permissions.filter((grant) => !permissions.allows(principal.grants, grant)),
    members: [
      ...(lifted || key.environment === principal.environment ? [] : (['environment'] as const)),
      ...(key.methods.every((method) => own.methods.includes(method))
        ? []
        : (['methods'] as const)),
      ...(coversIps(own.allowedIps, key.allowedIps) ? [] : (['allowedIps'] as const)),
      ...(endsBy(own.expiresAt, key.expiresAt) ? [] : (['expiresAt'] as const)),
    ],
  };
  const none = excess.tier === undefined && excess.permissions.length + excess.members.length === 0;
  return none ? null : excess;
}

/** Whether a key that lies within the ceiling would not without `admin`. */
export function isLifted(key: BoundedKey, ceiling: Ceiling, settings: AuthSettings): boolean {
  const { principal } = ceiling;
  const permissions = principal.permissions.filter((name) => name !== ADMIN);
  const plain = { ...ceiling, principal: { ...principal, permissions } };
  return excessOf(key, plain, settings) !== null;
}

/**
 * What the caller was let in with and its key no longer gives, or null. What the key has gained since then does not
 * count: the caller's rights are those of its request.
 *
 * @param key the caller's own, as it is now
 */
export function lostBy(
  { tier, grants }: Principal,
  key: Pick<BoundedKey, 'tier' | 'permissions' | 'account'>,
  { tiers, permissions }: AuthSettings,
): Excess | null {
  const keepsTier = tiers.includes(tiers.lowest(key.tier, key.account.tier), tier);
  const lost = grants.filter((grant) => !permissions.allows(key.permissions, grant));
  if (keepsTier && lost.length === 0) return null;
  return { tier: keepsTier ? undefined : tier, permissions: lost, members: [] };
}

function coversIps(own: readonly string[] | null, given: readonly string[] | null): boolean {
  return own === null || (given?.every((range) => isInRanges(range, own)) ?? false);
}

function endsBy(own: Date | null, given: Date | null): boolean {
  return own === null || (given !== null && given <= own);
}
