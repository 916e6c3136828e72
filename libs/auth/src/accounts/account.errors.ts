import type { CreateAccount } from './account.service.js';

/** Thrown for an account that there is none of. */
export class AccountNotFoundError extends Error {
  override readonly name = 'AccountNotFoundError';
}

/** Thrown where an account's present state does not allow what was asked for. */
export class AccountConflictError extends Error {
  override readonly name = 'AccountConflictError';
}

/** Thrown when an account cannot be made or changed as asked. */
export class InvalidAccountRequestError extends Error {
  override readonly name = 'InvalidAccountRequestError';

  /** @param field the member of the request that is wrong */
  constructor(
    readonly field: keyof CreateAccount,
    message: string,
  ) {
    super(`${field}: ${message}`);
  }
}
