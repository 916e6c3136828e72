import type { Environment } from '../environment.js';
import type { AuthenticationMethod } from '../principal.js';
import { isInRanges, type IpRange } from '../ip-range.js';
import { assertRules, type Rule } from '../rule.js';
import type { ApiKey } from './api-key.entity.js';
import type { KeyRecord } from './key-record.js';

/** What a key is at a moment. Revoked is final. */
export type ApiKeyStatus = 'active' | 'disabled' | 'expired' | 'revoked';

/** The columns that decide a key's status. */
export type ApiKeyLife = Pick<ApiKey, 'revokedAt' | 'disabledAt' | 'expiresAt'>;

/** A key's status; the more final one where several hold. */
export function statusOf(key: ApiKeyLife, now: Date): ApiKeyStatus {
  if (key.revokedAt !== null) return 'revoked';
  if (hasExpired(key, now)) return 'expired';
  return key.disabledAt === null ? 'active' : 'disabled';
}

/** Whether a key is neither revoked nor expired: active, or disabled and to be switched on again. */
export function isAlive(key: ApiKeyLife, now: Date): boolean {
  return ['active', 'disabled'].includes(statusOf(key, now));
}

/** What is asked of a key whose secret or signature was right. */
export interface Use {
  readonly method: AuthenticationMethod;
  readonly environment: Environment;
  readonly now: Date;
  /** Null: not known. */
  readonly ip: string | null;
  /** `iat` of the JWT; null for the key itself. */
  readonly issuedAt: Date | null;
}

/** A key and what is asked of it. */
export interface KeyUse {
  readonly key: KeyRecord;
  readonly use: Use;
}

/** A key that may be bound to addresses, and whence it is used. */
export interface AddressUse {
  readonly key: { readonly allowedIps: readonly (IpRange | string)[] | null };
  readonly use: Pick<Use, 'ip'>;
}

/** The rule that is judged of each request, also where everything else is known already. */
export const ADDRESS_RULE = {
  name: 'client_address',
  reason: 'ip_not_allowed',
  holds: ({ key: { allowedIps }, use: { ip } }) =>
    // An address that is not known is in no list.
    allowedIps === null || (ip !== null && isInRanges(ip, allowedIps)),
} as const satisfies Rule<AddressUse>;

/** What must be true of a key when it is used, by itself or by what it signed. The more final ones come first. */
export const STATE_RULES = [
  {
    name: 'key_not_revoked',
    reason: 'key_revoked',
    holds: ({ key }) => key.revokedAt === null,
  },
  {
    name: 'key_not_expired',
    reason: 'key_expired',
    holds: ({ key, use }) => !hasExpired(key, use.now),
  },
  {
    name: 'key_enabled',
    reason: 'key_disabled',
    holds: ({ key }) => key.disabledAt === null,
  },
  {
    name: 'account_active',
    reason: 'account_suspended',
    holds: ({ key }) => key.account.status === 'active',
  },
  {
    name: 'environment',
    reason: 'environment_mismatch',
    holds: ({ key, use }) => key.environment === use.environment,
  },
  {
    name: 'method',
    reason: 'method_not_allowed',
    holds: ({ key, use }) => key.methods.includes(use.method),
  },
  ADDRESS_RULE,
] as const satisfies readonly Rule<KeyUse>[];

/** What must be true besides where a JWT is used: it was issued after the key's JWTs were last revoked. */
export const TOKENS_REVOKED_RULES = [
  {
    name: 'tokens_not_revoked',
    reason: 'tokens_revoked',
    needs: ['issued_at'],
    holds: ({ key, use }) => !isBefore(use.issuedAt, key.tokensNotBefore),
  },
] as const satisfies readonly Rule<KeyUse>[];

const USE_RULES: readonly Rule<KeyUse>[] = [...STATE_RULES, ...TOKENS_REVOKED_RULES];

/**
 * Whether the key may be used so, now.
 *
 * @throws Refusal whose reason its holder may learn
 */
export function assertUsable(key: KeyRecord, use: Use): void {
  assertRules(USE_RULES, { key, use });
}

function hasExpired({ expiresAt }: ApiKeyLife, now: Date): boolean {
  return expiresAt !== null && expiresAt <= now;
}

function isBefore(issuedAt: Date | null, notBefore: Date | null): boolean {
  return issuedAt !== null && notBefore !== null && issuedAt < notBefore;
}
