import {
  AccountConflictError,
  AccountNotFoundError,
  ApiKeyConflictError,
  ApiKeyNotFoundError,
  InvalidAccountRequestError,
  InvalidApiKeyRequestError,
  NoMasterKeyError,
  StoreUnavailableError,
} from '@clary/nestjs-auth';
import { isDatabaseUnavailable } from '../database/unavailable.js';
import { explainError } from '../explain-error.js';
import { optionOf } from './arguments.js';
import { CommandError, UsageError } from './command.errors.js';

/** What is said where a command failed. */
export interface DescribedError {
  /** One of a few words, for programs. `usage` is exit code 2, the others 1. */
  readonly code: string;
  /** For people: what went wrong, and what to do. */
  readonly message: string;
}

/** What a command threw, as its caller is told. Where it is written, secrets are taken out of it. */
export function describeError(error: unknown): DescribedError {
  if (error instanceof UsageError) return { code: 'usage', message: error.message };
  if (error instanceof CommandError) return { code: 'refused', message: error.message };
  if (error instanceof StoreUnavailableError) return ofStore(error);
  return ofDomain(error) ?? ofDatabase(error) ?? other(error);
}

/** Either the database is away, or a digest was sealed under a master key that is not given here. */
function ofStore({ cause }: StoreUnavailableError): DescribedError {
  if (!(cause instanceof Error) || cause.name !== 'MissingMasterKeyError')
    return describeError(cause);
  const message = `${cause.message}. Set CLARY_MASTER_KEYS as for the API.`;
  return { code: 'refused', message };
}

function ofDomain(error: unknown): DescribedError | null {
  if (error instanceof ApiKeyNotFoundError)
    return { code: 'not_found', message: 'There is no key with this id: see `clary keys list`.' };
  if (error instanceof AccountNotFoundError) return NO_ACCOUNT;
  if (error instanceof ApiKeyConflictError || error instanceof AccountConflictError)
    return { code: 'conflict', message: `${error.message}.` };
  if (error instanceof InvalidApiKeyRequestError && error.field === 'accountId') return NO_ACCOUNT;
  if (error instanceof InvalidApiKeyRequestError || error instanceof InvalidAccountRequestError)
    return { code: 'unprocessable', message: `${inOptions(error)}.` };
  return error instanceof NoMasterKeyError
    ? { code: 'refused', message: `${error.message}. Set CLARY_MASTER_KEYS as for the API.` }
    : null;
}

const NO_ACCOUNT = {
  code: 'not_found',
  message: 'There is no account with this id: see `clary accounts list`.',
};

/** The member of the request under the name of its option. */
const inOptions = ({ field, message }: { field: string; message: string }): string =>
  optionOf(field) + message.slice(field.length);

function ofDatabase(error: unknown): DescribedError | null {
  if (!isDatabaseUnavailable(error)) return null;
  const { message, code } = reasonOf(error);
  return {
    code: 'unavailable',
    message: `The database cannot be reached (${code ?? message}): is it running, and is DATABASE_URL right?`,
  };
}

/** Where a name has several addresses, each attempt fails with its own reason. */
function reasonOf(error: unknown): NodeJS.ErrnoException {
  const [first] = error instanceof AggregateError ? (error.errors as unknown[]) : [];
  return (first ?? error) as NodeJS.ErrnoException;
}

const other = (error: unknown): DescribedError => ({
  code: 'failed',
  message: explainError(error),
});
