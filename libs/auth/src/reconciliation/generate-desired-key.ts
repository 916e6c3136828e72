import { Account } from '../accounts/account.entity.js';
import { buildApiKey, type IssueApiKey } from '../api-keys/issue-api-key.js';
import { InvalidApiKeyRequestError } from '../api-keys/api-key.errors.js';
import type { AuthSettings } from '../auth.settings.js';
import { ACCOUNT_ID_PREFIX, isId } from '../credential/identifiers.js';
import type { DesiredKey } from './desired-state.js';

/** A key that no database knows yet. Show it once and let go of it. */
export interface GeneratedDesiredKey {
  /** The API key itself. */
  readonly key: string;
  /** What a configuration file says of it. What the request left out is left out. */
  readonly entry: DesiredKey;
}

/**
 * Makes a key for a configuration file. Needs no database, and asks none whether there is such an account.
 *
 * @throws InvalidApiKeyRequestError
 * @throws Error when no master key is configured
 */
export function generateDesiredKey(
  request: Omit<IssueApiKey, 'source'>,
  settings: AuthSettings,
): GeneratedDesiredKey {
  const { accountId, tier, methods, rateLimit, expiresAt, allowedIps, metadata } = request;
  if (!isId(ACCOUNT_ID_PREFIX, accountId))
    throw new InvalidApiKeyRequestError('accountId', 'is not the id of an account');
  // What the account's tier is, shows when the file is applied.
  const account = Object.assign(new Account(), { id: accountId, tier: settings.tiers.highest });
  const making = { account, actor: { type: 'config' } as const, now: new Date() };
  const { key, record } = buildApiKey(request, making, settings);
  const { id, name, environment, permissions, verifier, sealedDigest } = record;
  const required = { id, accountId, name, environment, permissions, verifier, sealedDigest };
  return { key, entry: { ...required, tier, methods, rateLimit, expiresAt, allowedIps, metadata } };
}
