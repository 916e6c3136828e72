import type { Tier } from '../auth-types.js';
import { Refusal } from '../refusal.js';
import type { TierLadder } from '../tier.js';

/** Tolerance for clocks that differ, in seconds. Not granted to the lifetime. */
const LEEWAY = 30;

type Payload = Readonly<Record<string, unknown>>;

/** What an application asks of a JWT's claims. */
export interface ClaimRules {
  /** What `aud`, if present, must name. */
  readonly audience: string;
  /** Longest `exp - iat`, in seconds. */
  readonly maxLifetime: number;
  /** The tiers that a `tier` claim may name. */
  readonly tiers: TierLadder;
}

/** The claims of a JWT whose signature was right, read and found good. */
export interface TokenClaims {
  /** `iat`, to the millisecond. */
  readonly issuedAt: Date;
  /** `exp`, to the millisecond. */
  readonly expiresAt: Date;
  /** The tier to which the caller lowers itself. */
  readonly tier: Tier | undefined;
  /** One list of grants per claim present (`permissions`, `scope`): each narrows. */
  readonly narrowings: readonly (readonly string[])[];
}

/**
 * Checks the claims of a JWT (RFC 7519, section 4.1), after its signature.
 *
 * @param now milliseconds since the epoch
 * @throws Refusal
 */
export function checkClaims(payload: Payload, rules: ClaimRules, now: number): TokenClaims {
  const claims = {
    ...checkTimes(payload, rules.maxLifetime, now / 1000),
    tier: readTier(payload, rules.tiers),
    narrowings: readNarrowings(payload),
  };
  checkAudience(payload, rules.audience);
  return claims;
}

function checkTimes(
  payload: Payload,
  maxLifetime: number,
  now: number,
): Pick<TokenClaims, 'issuedAt' | 'expiresAt'> {
  const issuedAt = requireTime(payload, 'iat');
  const expiresAt = requireTime(payload, 'exp');
  const notBefore = claim(payload, 'nbf') === undefined ? issuedAt : requireTime(payload, 'nbf');
  if (expiresAt <= issuedAt) throw new Refusal('claim_refused');
  if (expiresAt - issuedAt > maxLifetime) throw new Refusal('lifetime_too_long');
  if (expiresAt + LEEWAY <= now) throw new Refusal('token_expired');
  if (Math.max(issuedAt, notBefore) - LEEWAY > now) throw new Refusal('token_not_yet_valid');
  return { issuedAt: new Date(issuedAt * 1000), expiresAt: new Date(expiresAt * 1000) };
}

function requireTime(payload: Payload, name: string): number {
  const value = claim(payload, name);
  // JSON holds 1e400, which JavaScript reads as Infinity: a token that would never expire.
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new Refusal('claim_refused');
  return value;
}

function checkAudience(payload: Payload, expected: string): void {
  const value = claim(payload, 'aud');
  if (value === undefined) return;
  const audiences = typeof value === 'string' ? [value] : requireStrings(value);
  if (!audiences.includes(expected)) throw new Refusal('audience_mismatch');
}

function readTier(payload: Payload, tiers: TierLadder): Tier | undefined {
  const value = claim(payload, 'tier');
  if (value === undefined) return undefined;
  if (!tiers.has(value)) throw new Refusal('claim_refused');
  return value;
}

function readNarrowings(payload: Payload): string[][] {
  const permissions = claim(payload, 'permissions');
  const scope = claim(payload, 'scope');
  const narrowings: string[][] = [];
  if (permissions !== undefined) narrowings.push(requireStrings(permissions));
  if (scope !== undefined) narrowings.push(requireScope(scope));
  return narrowings;
}

function requireStrings(value: unknown): string[] {
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) {
    throw new Refusal('claim_refused');
  }
  return value;
}

/** Blank-separated names (RFC 8693, section 4.2). */
function requireScope(value: unknown): string[] {
  if (typeof value !== 'string') throw new Refusal('claim_refused');
  return value.split(' ').filter((name) => name !== '');
}

function claim(payload: Payload, name: string): unknown {
  return Object.hasOwn(payload, name) ? payload[name] : undefined;
}
