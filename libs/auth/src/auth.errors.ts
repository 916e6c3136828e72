import { HttpException, HttpStatus } from '@nestjs/common';
import type { Tier } from './auth-types.js';
import type { Refusal } from './refusal.js';

/** The closed list of codes that this package answers with. */
export type AuthErrorCode = 'unauthorized' | 'forbidden' | 'unavailable';

/** Header names and values that belong to an answer. */
export type ResponseHeaders = Readonly<Record<string, string>>;

/** An answer of the guard: status, the body `{"error":{"code","message"}}`, and headers. */
export abstract class AuthError extends HttpException {
  /** Headers of the answer; the guard sets them. */
  abstract readonly headers: ResponseHeaders;

  protected constructor(status: HttpStatus, code: AuthErrorCode, message: string, cause?: unknown) {
    super({ error: { code, message } }, status, { cause });
  }
}

/** 401: who calls is not known. The body never says why; the log does. */
export class UnauthorizedError extends AuthError {
  readonly headers: ResponseHeaders;

  /**
   * @param refusal which rule failed
   * @param realm protection space (RFC 9110, section 11.5)
   */
  constructor(
    readonly refusal: Refusal,
    realm: string,
  ) {
    super(HttpStatus.UNAUTHORIZED, 'unauthorized', 'Invalid API key', refusal);
    const { reason, description } = refusal;
    this.headers = {
      'WWW-Authenticate': challenge(realm, {
        error: reason === 'no_credential' ? undefined : 'invalid_token',
        error_description: description ?? undefined,
      }),
    };
  }
}

/** What a caller lacks for a route. */
export interface MissingRights {
  /** The tier that the route requires, when the caller's is lower. */
  readonly tier?: Tier | undefined;
  /** The required permissions that the caller does not have. */
  readonly permissions: readonly string[];
}

/** 403: who calls is known and may not. The challenge names what is missing. */
export class ForbiddenError extends AuthError {
  readonly headers: ResponseHeaders;

  /**
   * @param missing what the caller lacks, all of it
   * @param realm protection space (RFC 9110, section 11.5)
   */
  constructor(
    readonly missing: MissingRights,
    realm: string,
  ) {
    super(HttpStatus.FORBIDDEN, 'forbidden', 'Insufficient permissions');
    this.headers = {
      'WWW-Authenticate': challenge(realm, {
        error: 'insufficient_scope',
        scope: missing.permissions.join(' ') || undefined,
        tier: missing.tier,
      }),
    };
  }
}

/** 503: the keys cannot be looked up. Never a 401: an outage says nothing about the credential. */
export class UnavailableError extends AuthError {
  readonly headers: ResponseHeaders = { 'Retry-After': '1' };

  /** @param cause what failed; for the log only */
  constructor(cause: unknown) {
    super(
      HttpStatus.SERVICE_UNAVAILABLE,
      'unavailable',
      'The service is temporarily unavailable',
      cause,
    );
  }
}

/** A challenge (RFC 6750, section 3). Values are ours alone: no text of the client gets into a header. */
function challenge(
  realm: string,
  parameters: Readonly<Record<string, string | undefined>>,
): string {
  const all: Record<string, string | undefined> = { realm, ...parameters };
  const given = Object.entries(all).filter(([, value]) => value !== undefined);
  return `Bearer ${given.map(([name, value]) => `${name}="${value}"`).join(', ')}`;
}
