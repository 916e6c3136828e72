import type { AuthSettings } from '../auth.settings.js';
import type { Tier } from '../auth-types.js';
import type { Account } from '../accounts/account.entity.js';
import { computeVerifier, VERIFIER_SCHEME } from '../credential/verifier.js';
import { signingDigest } from '../credential/signing-key.js';
import type { Environment } from '../environment.js';
import type { Actor } from '../actor.js';
import { checkKey } from './check-api-key.js';
import { AUTHENTICATION_METHODS, type AuthenticationMethod } from '../principal.js';
import { ApiKey, type ApiKeySource } from './api-key.entity.js';

/** What is said of a key when it is made. */
export interface IssueApiKey {
  /** The owner. */
  readonly accountId: string;
  /** 1 to 100 characters, no control characters. */
  readonly name: string;
  /** Declared names, `<resource>:*`, `*`, `admin`. */
  readonly permissions: readonly string[];
  /** Default: the account's. Never above it. */
  readonly tier?: Tier;
  /** Default: the module's. */
  readonly environment?: Environment;
  /** Default: both. */
  readonly methods?: readonly AuthenticationMethod[];
  /** Default: never, or the longest life there is. */
  readonly expiresAt?: Date | null;
  /** Addresses and ranges from which the key may be used. Default: any. Never empty. */
  readonly allowedIps?: readonly string[] | null;
  /** Requests a minute. Default: the tier's. Never above it. */
  readonly rateLimit?: number | null;
  /** A JSON object of the owner's. Default: empty. */
  readonly metadata?: Record<string, unknown>;
  /** Default: that of whoever makes the key, `api` for a key. */
  readonly source?: ApiKeySource;
}

/** A key just made: the only value that holds its plain text. Show it once and let go of it. */
export interface IssuedApiKey {
  /** The API key itself. */
  readonly key: string;
  /** What was stored of it. */
  readonly record: ApiKey;
}

/** Who makes a key, and when. */
interface Making {
  readonly account: Account;
  readonly actor: Actor;
  readonly now: Date;
}

/**
 * Makes a key and the record to store of it.
 *
 * @throws InvalidApiKeyRequestError
 */
export function buildApiKey(
  request: IssueApiKey,
  { account, actor, now }: Making,
  settings: AuthSettings,
): IssuedApiKey {
  const environment = request.environment ?? settings.environment;
  const { key, keyId } = settings.format.generate(environment);
  const record = Object.assign(new ApiKey(), {
    id: keyId,
    accountId: account.id,
    account,
    name: request.name,
    environment,
    tier: request.tier ?? account.tier,
    permissions: [...request.permissions],
    methods: [...(request.methods ?? AUTHENTICATION_METHODS)],
    allowedIps: request.allowedIps?.slice() ?? null,
    rateLimit: request.rateLimit ?? null,
    ...secretColumns(key, keyId, account.id, settings),
    ...newLife(keyId, now),
    ...madeBy(actor),
    expiresAt: request.expiresAt ?? null,
    source: request.source ?? sourceOf(actor),
    metadata: request.metadata ?? {},
  } satisfies ApiKey);
  checkKey(record, record, settings, now);
  return { key, record };
}

/**
 * Makes the successor of a key: a new secret and a new id, everything else as it was.
 *
 * @param expiresAt of the successor
 */
export function buildSuccessor(
  predecessor: ApiKey,
  expiresAt: Date | null,
  { actor, now }: Omit<Making, 'account'>,
  settings: AuthSettings,
): IssuedApiKey {
  const { key, keyId } = settings.format.generate(predecessor.environment);
  const record = Object.assign(new ApiKey(), predecessor, {
    id: keyId,
    ...secretColumns(key, keyId, predecessor.accountId, settings),
    ...newLife(keyId, now),
    ...madeBy(actor),
    lineageId: predecessor.lineageId,
    lineageCreatedAt: predecessor.lineageCreatedAt,
    rotatedFrom: predecessor.id,
    expiresAt,
    source: sourceOf(actor),
  });
  return { key, record };
}

function secretColumns(
  key: string,
  keyId: string,
  accountId: string,
  { masterKeys }: AuthSettings,
) {
  return {
    verifierScheme: VERIFIER_SCHEME,
    verifier: computeVerifier(key),
    sealedDigest: masterKeys.seal(signingDigest(key), { keyId, accountId }),
  };
}

/** A life that begins now: nothing has happened to the key. */
export function newLife(keyId: string, now: Date) {
  return {
    disabledAt: null,
    revokedAt: null,
    tokensNotBefore: null,
    rotatedFrom: null,
    rotatedTo: null,
    lineageId: keyId,
    lineageCreatedAt: now,
    createdAt: now,
  };
}

function madeBy(actor: Actor) {
  const caller = actor.type === 'key' ? actor.principal : undefined;
  return { createdByKeyId: caller?.keyId ?? null, createdBySubject: caller?.subject ?? null };
}

function sourceOf({ type }: Actor): ApiKeySource {
  return type === 'cli' || type === 'config' ? type : 'api';
}
