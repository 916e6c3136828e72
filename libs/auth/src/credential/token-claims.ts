import type { Tier } from '../auth-types.js';
import { assertRules } from '../rule.js';
import { CLAIM_RULES, timeOf, type ClaimRules } from './claim-rules.js';
import { ownValue, type JsonObject } from './json-object.js';

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
export function checkClaims(payload: JsonObject, asked: ClaimRules, now: number): TokenClaims {
  assertRules(CLAIM_RULES, { payload, asked, now: now / 1000 });
  return readClaims(payload);
}

/** What claims that keep the rules say. */
export function readClaims(payload: JsonObject): TokenClaims {
  return {
    issuedAt: new Date(timeOf(payload, 'iat') * 1000),
    expiresAt: new Date(timeOf(payload, 'exp') * 1000),
    tier: ownValue(payload, 'tier') as Tier | undefined,
    narrowings: readNarrowings(payload),
  };
}

function readNarrowings(payload: JsonObject): string[][] {
  const permissions = ownValue(payload, 'permissions') as string[] | undefined;
  const scope = ownValue(payload, 'scope') as string | undefined;
  const narrowings: string[][] = [];
  if (permissions !== undefined) narrowings.push(permissions);
  if (scope !== undefined) narrowings.push(namesIn(scope));
  return narrowings;
}

/** Blank-separated names (RFC 8693, section 4.2). */
const namesIn = (scope: string): string[] => scope.split(' ').filter((name) => name !== '');
