import type { AuthSettings } from '../auth.settings.js';
import type { Tier } from '../auth-types.js';
import type { Account } from '../accounts/account.entity.js';
import { computeVerifier, VERIFIER_SCHEME } from '../credential/verifier.js';
import { signingDigest } from '../credential/signing-key.js';
import type { Environment } from '../environment.js';
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
  /** Default: never. */
  readonly expiresAt?: Date | null;
  /** A JSON object of the owner's. Default: empty. */
  readonly metadata?: Record<string, unknown>;
  /** Default `api`. */
  readonly source?: ApiKeySource;
}

/** A key just made: the only value that holds its plain text. Show it once and let go of it. */
export interface IssuedApiKey {
  /** The API key itself. */
  readonly key: string;
  /** What was stored of it. */
  readonly record: ApiKey;
}

/** Thrown when a key cannot be made as asked. */
export class InvalidApiKeyRequestError extends Error {
  override readonly name = 'InvalidApiKeyRequestError';

  /** @param field the member of the request that is wrong */
  constructor(
    readonly field: keyof IssueApiKey,
    message: string,
  ) {
    super(`${field}: ${message}`);
  }
}

/**
 * Makes a key and the record to store of it.
 *
 * @throws InvalidApiKeyRequestError
 */
export function buildApiKey(
  request: IssueApiKey,
  account: Account,
  settings: AuthSettings,
  now: Date,
): IssuedApiKey {
  const tier = request.tier ?? account.tier;
  const methods = request.methods ?? AUTHENTICATION_METHODS;
  assertRequest({ ...request, tier, methods }, account, settings, now);
  const environment = request.environment ?? settings.environment;
  const { key, keyId } = settings.format.generate(environment);
  const record = Object.assign(new ApiKey(), {
    id: keyId,
    accountId: account.id,
    account,
    name: request.name,
    environment,
    tier,
    permissions: [...request.permissions],
    methods: [...methods],
    ...secretColumns(key, keyId, account.id, settings),
    ...newLife(keyId, now),
    expiresAt: request.expiresAt ?? null,
    source: request.source ?? 'api',
    metadata: request.metadata ?? {},
  } satisfies ApiKey);
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

function newLife(keyId: string, now: Date) {
  return {
    allowedIps: null,
    rateLimit: null,
    disabledAt: null,
    revokedAt: null,
    tokensNotBefore: null,
    rotatedFrom: null,
    rotatedTo: null,
    lineageId: keyId,
    lineageCreatedAt: now,
    createdByKeyId: null,
    createdBySubject: null,
    createdAt: now,
  };
}

type CompleteRequest = IssueApiKey & Required<Pick<IssueApiKey, 'tier' | 'methods'>>;

function assertRequest(
  request: CompleteRequest,
  account: Account,
  settings: AuthSettings,
  now: Date,
): void {
  const { name, permissions, tier, methods, expiresAt } = request;
  if (!/^\P{Cc}{1,100}$/u.test(name)) {
    throw new InvalidApiKeyRequestError(
      'name',
      'must have 1 to 100 characters and no control characters',
    );
  }
  const unknown = permissions.find((grant) => !settings.permissions.isGrantable(grant));
  if (unknown !== undefined)
    throw new InvalidApiKeyRequestError('permissions', `unknown permission "${unknown}"`);
  if (!settings.tiers.has(tier))
    throw new InvalidApiKeyRequestError('tier', `unknown tier "${String(tier)}"`);
  if (!settings.tiers.includes(account.tier, tier)) {
    throw new InvalidApiKeyRequestError('tier', `is above the account's tier "${account.tier}"`);
  }
  if (methods.length === 0)
    throw new InvalidApiKeyRequestError('methods', 'must name at least one');
  if (expiresAt && expiresAt <= now)
    throw new InvalidApiKeyRequestError('expiresAt', 'is in the past');
}
