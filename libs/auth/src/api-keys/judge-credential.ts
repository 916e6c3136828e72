import type { AuthSettings } from '../auth.settings.js';
import type { KeyHolder, Recognition } from '../cache/remembered-credentials.js';
import { LEEWAY } from '../credential/claim-rules.js';
import type { UnverifiedToken } from '../credential/token.js';
import { checkClaims, type TokenClaims } from '../credential/token-claims.js';
import type { AuthenticationMethod } from '../principal.js';
import { attributedTo, Refusal } from '../refusal.js';
import { assertRules } from '../rule.js';
import { ADDRESS_RULE, assertUsable } from './api-key.state.js';
import {
  KEY_MATCH_RULES,
  OWNER_RULES,
  SIGNER_RULES,
  type KeyMatch,
  type SignerMatch,
} from './authentication-rules.js';
import type { KnownKey } from './known-key.js';
import { principalOfToken } from './principal.factory.js';
import type { Signer } from './signer.js';

/** Finds the client's address, and is asked only for keys that are bound to addresses; null where it is not known. */
export type FindAddress = () => string | null;

/** Under which circumstances a credential is judged. */
export interface Circumstances {
  readonly settings: AuthSettings;
  readonly ip: FindAddress;
}

/**
 * Judges an API key by what was found of it.
 *
 * @param keyId the id that it names
 * @throws Refusal
 */
export function judgeKey(
  keyId: string,
  match: KeyMatch,
  circumstances: Circumstances,
): Recognition {
  assertRules(KEY_MATCH_RULES, match, keyId);
  const found = match.found as KnownKey;
  attributedTo(found.record, () => assertUsableNow(found, 'api_key', null, circumstances));
  const { accountId, rights, until } = found.holder(circumstances.settings);
  const { reading, stripes } = found;
  return { keyId, accountId, rights, until, reading, stripes, principal: null };
}

/**
 * Judges a JWT by who signed it.
 *
 * @throws Refusal
 */
export function judgeToken(
  token: UnverifiedToken,
  match: SignerMatch,
  circumstances: Circumstances,
): Recognition {
  assertRules(SIGNER_RULES, match, 'keyId' in token.signer ? token.signer.keyId : null);
  const { key } = match.signer as Signer;
  const claims = attributedTo(key.record, () => judgeClaims(token, key, circumstances));
  const { settings } = circumstances;
  const holder = key.holder(settings);
  const principal = principalOfToken(holder, token.subject, claims, settings);
  const { keyId, accountId, rights } = holder;
  const { reading, stripes } = key;
  return { keyId, accountId, rights, until: endOf(holder, claims), reading, stripes, principal };
}

/** Whether a credential that is known may be used from there. */
export function isUsableFrom({ rights }: Recognition, ip: FindAddress): boolean {
  return rights.allowedIps === null || ADDRESS_RULE.holds({ key: rights, use: { ip: ip() } });
}

/**
 * The same.
 *
 * @throws Refusal
 */
export function assertUsableFrom(known: Recognition, ip: FindAddress): void {
  if (!isUsableFrom(known, ip))
    throw new Refusal(ADDRESS_RULE.reason, known.keyId, known.accountId);
}

function judgeClaims(
  { payload, subject }: UnverifiedToken,
  key: KnownKey,
  circumstances: Circumstances,
): TokenClaims {
  const claims = checkClaims(payload, circumstances.settings.claims, Date.now());
  assertRules(OWNER_RULES, { subject, accountId: key.record.accountId });
  assertUsableNow(key, 'jwt', claims.issuedAt, circumstances);
  return claims;
}

function assertUsableNow(
  { record }: KnownKey,
  method: AuthenticationMethod,
  issuedAt: Date | null,
  { settings: { environment }, ip }: Circumstances,
): void {
  const address = record.allowedIps === null ? null : ip();
  assertUsable(record, { method, environment, now: new Date(), ip: address, issuedAt });
}

/** From when on a JWT is refused, in milliseconds since the epoch. */
function endOf({ until }: KeyHolder, { expiresAt }: TokenClaims): number {
  const end = expiresAt.getTime() + LEEWAY * 1000;
  return until === null || end < until ? end : until;
}
