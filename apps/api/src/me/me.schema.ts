import type { Principal } from '@clary/nestjs-auth';

/** A caller as it is shown to itself. */
export interface Me {
  readonly account_id: string;
  readonly key_id: string;
  readonly method: 'api_key' | 'jwt';
  /** The JWT's `sub`; null for an API key. */
  readonly subject: string | null;
  readonly environment: string;
  readonly tier: string;
  readonly permissions: readonly string[];
  /** ISO 8601 with milliseconds, the earlier of the key's and the JWT's expiry; null for never. */
  readonly expires_at: string | null;
}

/** A principal in the words of the API. */
export function presentMe(principal: Principal): Me {
  return {
    account_id: principal.accountId,
    key_id: principal.keyId,
    method: principal.method,
    subject: principal.subject,
    environment: principal.environment,
    tier: principal.tier,
    permissions: principal.permissions,
    expires_at: principal.expiresAt?.toISOString() ?? null,
  };
}
