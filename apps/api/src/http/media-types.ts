import multipart from '@fastify/multipart';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ApiError } from './api.error.js';

/** Configuration of a route that reads multipart bodies by itself. */
export const ACCEPTS_MULTIPART = { multipart: true };

/** Bodies are JSON; multipart where a route reads it as a stream; anything else is 415, before it is read. */
export async function limitMediaTypes(fastify: FastifyInstance): Promise<void> {
  fastify.removeContentTypeParser('text/plain');
  await fastify.register(multipart);
  fastify.addHook('onRequest', (request, _reply, done) => {
    done(isMultipart(request) && !acceptsMultipart(request) ? new ApiError(415) : undefined);
  });
}

function isMultipart({ headers }: FastifyRequest): boolean {
  return headers['content-type']?.toLowerCase().startsWith('multipart/') === true;
}

function acceptsMultipart({ routeOptions }: FastifyRequest): boolean {
  return (routeOptions.config as Partial<typeof ACCEPTS_MULTIPART>).multipart === true;
}
