import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ApiError } from '../http/api.error.js';

/** 1 to 255 printable characters of ASCII. */
const FORM = /^[\x20-\x7e]{1,255}$/;

/** Hands a handler the `Idempotency-Key` of its request, or undefined; 400 for a malformed one. */
export const IdempotencyKey = createParamDecorator(
  (_: unknown, context: ExecutionContext): string | undefined => {
    const value = context.switchToHttp().getRequest<FastifyRequest>().headers['idempotency-key'];
    if (value === undefined) return undefined;
    if (typeof value === 'string' && FORM.test(value)) return value;
    throw new ApiError(400, {
      details: [{ field: 'Idempotency-Key', message: 'must be 1 to 255 printable characters' }],
    });
  },
);
