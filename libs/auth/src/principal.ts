import type { Tier } from './auth-types.js';
import type { Environment } from './environment.js';

/** How a caller may prove who it is: with the API key itself, or with a JWT signed by it. */
export type AuthenticationMethod = 'api_key' | 'jwt';

/** Every way of authentication; the default of a key's `methods`. */
export const AUTHENTICATION_METHODS: readonly AuthenticationMethod[] = ['api_key', 'jwt'];

/** Who calls, and what the call may do now. Frozen. */
export interface Principal {
  /** `acct_` and 16 base62 characters. */
  readonly accountId: string;
  /** `key_` and 16 base62 characters: the public id of the key used, or of the key that signed the JWT. */
  readonly keyId: string;
  /** How the caller proved who it is, this time. */
  readonly method: AuthenticationMethod;
  /** The JWT's `sub`, the caller's own name for its user; null for an API key. */
  readonly subject: string | null;
  /** The key's, which is always the module's own. */
  readonly environment: Environment;
  /** The lowest of the account's tier, the key's and the JWT's claim. */
  readonly tier: Tier;
  /** By key: the grants as stored, wildcards included. By JWT: the declared names that remain, no wildcards. */
  readonly permissions: readonly string[];
  /** What the caller may give on to keys that it makes: as `permissions`, and by JWT the wildcards that remain as well. */
  readonly grants: readonly string[];
  /** The JWT's `iat`; null for an API key. */
  readonly issuedAt: Date | null;
  /** The earlier of the key's and the JWT's expiry; null when neither expires. */
  readonly expiresAt: Date | null;
}
