import { HttpException } from '@nestjs/common';
import { redact } from '../logging/redact.js';
import { ERROR_CODES, type ErrorBody, type ErrorDetail, type ErrorStatus } from './error.schema.js';

/** What is said where nothing more exact is known. */
const MESSAGES: Record<ErrorStatus, string> = {
  400: 'The request is not well-formed',
  401: 'Invalid API key',
  403: 'Insufficient permissions',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'The request conflicts with the current state',
  413: 'The body is too large',
  415: 'The content type is not supported',
  416: 'The range cannot be satisfied',
  422: 'The request cannot be carried out',
  429: 'Too many requests',
  431: 'The headers are too large',
  500: 'Internal error',
  503: 'The service is temporarily unavailable',
};

/** What may accompany an error. */
export interface ApiErrorOptions {
  readonly message?: string;
  readonly details?: readonly ErrorDetail[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** The body of an error. Where it repeats what the client sent, a credential among it is left out. */
export function errorBody(
  status: ErrorStatus,
  { message, details }: ApiErrorOptions = {},
): ErrorBody {
  return {
    error: {
      code: ERROR_CODES[status],
      message: redact(message ?? MESSAGES[status]),
      ...(details && { details: details.map(redactDetail) }),
    },
  };
}

function redactDetail({ field, message }: ErrorDetail): ErrorDetail {
  return { field: redact(field), message: redact(message) };
}

/** An error that a client is told: `throw new ApiError(404)`. */
export class ApiError extends HttpException {
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: ErrorStatus, options: ApiErrorOptions = {}) {
    super(errorBody(status, options), status);
    this.headers = { ...(status === 503 && { 'Retry-After': '1' }), ...options.headers };
  }
}
