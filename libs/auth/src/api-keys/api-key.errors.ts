import type { Excess } from './ceiling.js';
import type { IssueApiKey } from './issue-api-key.js';

/** Thrown when a key cannot be made or changed as asked. */
export class InvalidApiKeyRequestError extends Error {
  override readonly name = 'InvalidApiKeyRequestError';

  /** @param field the member of the request that is wrong */
  constructor(
    readonly field: keyof IssueApiKey | 'status' | 'gracePeriod',
    message: string,
  ) {
    super(`${field}: ${message}`);
  }
}

/** Thrown for a key that there is none of, or that belongs to an account which the caller does not reach. */
export class ApiKeyNotFoundError extends Error {
  override readonly name = 'ApiKeyNotFoundError';
}

/** Thrown where a key's present state does not allow what was asked for. */
export class ApiKeyConflictError extends Error {
  override readonly name = 'ApiKeyConflictError';
}

/** Thrown where a caller would reach further with a key than it reaches itself. */
export class CeilingError extends Error {
  override readonly name = 'CeilingError';

  /** @param excess what lies above the caller's own rights */
  constructor(readonly excess: Excess) {
    super('The key would reach further than the caller');
  }
}
