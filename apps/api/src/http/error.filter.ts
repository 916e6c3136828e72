import { AuthError, ForbiddenError } from '@clary/nestjs-auth';
import {
  Catch,
  HttpException,
  Logger,
  type ArgumentsHost,
  type ExceptionFilter,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isDatabaseUnavailable } from '../database/unavailable.js';
import { ApiError } from './api.error.js';
import { fromDomain } from './domain-errors.js';
import { ERROR_CODES, type ErrorStatus } from './error.schema.js';

/** Turns whatever is thrown into the one shape of errors. Nothing of an unexpected error reaches the client. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger('Http');

  /** Answers a request that failed. */
  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answer(thrown, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  /** Answers where Nest is not reached, such as for a URL that the router cannot read. */
  answer(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const error = toApiError(thrown);
    // What the guard refused it has logged, and set its challenge.
    if (error instanceof ForbiddenError && !reply.hasHeader('WWW-Authenticate')) {
      this.logger.warn({
        msg: 'Refused: rights are missing',
        missing: error.missing,
        requestId: request.id,
      });
    }
    this.log(error, thrown, request);
    if (reply.sent) return;
    if (reply.raw.headersSent) {
      reply.raw.destroy();
      return;
    }
    void reply
      .code(error.getStatus())
      .headers(error.headers)
      .type('application/json; charset=utf-8')
      .send(error.getResponse());
  }

  private log(error: AuthError | ApiError, thrown: unknown, { id }: FastifyRequest): void {
    if (error.getStatus() < 500 || error instanceof AuthError) return;
    this.logger.error({ msg: `Answered ${error.getStatus()}`, requestId: id, err: thrown });
  }
}

function toApiError(thrown: unknown): AuthError | ApiError {
  if (thrown instanceof AuthError || thrown instanceof ApiError) return thrown;
  const known = fromDomain(thrown);
  if (known !== undefined) return known;
  if (isDatabaseUnavailable(thrown) || isDiskFull(thrown)) return new ApiError(503);
  return new ApiError(statusOf(thrown));
}

/** The status that Nest, Fastify or a plugin of it gave the error; 500 when it gave none that we answer with. */
function statusOf(thrown: unknown): ErrorStatus {
  const status =
    thrown instanceof HttpException
      ? thrown.getStatus()
      : (thrown as { statusCode?: unknown } | null)?.statusCode;
  // 414 is Fastify's answer to a path parameter that is too long: an id that is malformed, hence unknown.
  if (status === 414) return 404;
  return typeof status === 'number' && status in ERROR_CODES ? (status as ErrorStatus) : 500;
}

/** Room can be made, and then the same request succeeds. */
function isDiskFull(thrown: unknown): boolean {
  const code = (thrown as NodeJS.ErrnoException | null)?.code;
  return code === 'ENOSPC' || code === 'EDQUOT';
}
