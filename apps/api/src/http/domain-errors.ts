import {
  AccountConflictError,
  AccountNotFoundError,
  ApiKeyConflictError,
  ApiKeyNotFoundError,
  type AuthError,
  CeilingError,
  ForbiddenError,
  InvalidAccountRequestError,
  InvalidApiKeyRequestError,
  Refusal,
  UnauthorizedError,
} from '@clary/nestjs-auth';
import { REALM } from '../auth-types.js';
import { ApiError } from './api.error.js';

/** What the services of accounts and keys throw, as a client is told; undefined for what is not theirs. */
export function fromDomain(thrown: unknown): ApiError | AuthError | undefined {
  if (thrown instanceof ApiKeyNotFoundError || thrown instanceof AccountNotFoundError)
    return new ApiError(404);
  if (thrown instanceof ApiKeyConflictError || thrown instanceof AccountConflictError)
    return new ApiError(409, { message: thrown.message });
  if (thrown instanceof InvalidApiKeyRequestError || thrown instanceof InvalidAccountRequestError)
    return unprocessable(thrown);
  if (thrown instanceof CeilingError) return new ForbiddenError(thrown.excess, REALM);
  // What let the caller in was taken away between the guard and the change.
  return thrown instanceof Refusal ? new UnauthorizedError(thrown, REALM) : undefined;
}

function unprocessable({
  field,
  message,
}: InvalidApiKeyRequestError | InvalidAccountRequestError): ApiError {
  // An account that is not there is told like one that belongs to others.
  if (field === 'accountId') return new ApiError(404);
  const member = field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return new ApiError(422, {
    details: [{ field: member, message: message.slice(field.length + 2) }],
  });
}
