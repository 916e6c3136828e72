import type { Environment } from '../environment.js';
import type { AuthenticationMethod } from '../principal.js';
import { Refusal, type RefusalReason } from '../refusal.js';
import { isInRanges } from '../ip-range.js';
import type { ApiKey } from './api-key.entity.js';

/** What a key is at a moment. Revoked is final. */
export type ApiKeyStatus = 'active' | 'disabled' | 'expired' | 'revoked';

/** The columns that decide a key's status. */
export type ApiKeyLife = Pick<ApiKey, 'revokedAt' | 'disabledAt' | 'expiresAt'>;

/** A key's status; the more final one where several hold. */
export function statusOf(key: ApiKeyLife, now: Date): ApiKeyStatus {
  if (key.revokedAt !== null) return 'revoked';
  if (key.expiresAt !== null && key.expiresAt <= now) return 'expired';
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

/**
 * Whether the key may be used so, now.
 *
 * @throws Refusal whose reason its holder may learn
 */
export function assertUsable(key: ApiKey, use: Use): void {
  const reason = reasonAgainst(key, use);
  if (reason !== null) throw new Refusal(reason);
}

function reasonAgainst(
  key: ApiKey,
  { method, environment, now, ip, issuedAt }: Use,
): RefusalReason | null {
  const status = statusOf(key, now);
  if (status !== 'active') return `key_${status}`;
  if (key.account.status !== 'active') return 'account_suspended';
  if (key.environment !== environment) return 'environment_mismatch';
  if (!key.methods.includes(method)) return 'method_not_allowed';
  if (!isAllowedFrom(key.allowedIps, ip)) return 'ip_not_allowed';
  return isBefore(issuedAt, key.tokensNotBefore) ? 'tokens_revoked' : null;
}

/** An address that is not known is in no list. */
function isAllowedFrom(ranges: readonly string[] | null, ip: string | null): boolean {
  return ranges === null || (ip !== null && isInRanges(ip, ranges));
}

function isBefore(issuedAt: Date | null, notBefore: Date | null): boolean {
  return issuedAt !== null && notBefore !== null && issuedAt < notBefore;
}
