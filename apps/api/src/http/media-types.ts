import multipart from '@fastify/multipart';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ApiError } from './api.error.js';

/** Configuration of a route that reads multipart bodies by itself. */
export const ACCEPTS_MULTIPART = { multipart: true };

/** Bodies are JSON; multipart where a route reads it as a stream; anything else is 415, before it is read. */
export async function limitMediaTypes(fastify: FastifyInstance): Promise<void> {
  fastify.removeContentTypeParser('text/plain');
  await fastify.register(multipart);
  // The plugin takes multipart bodies on every route. Not sooner than this: a request without a body, or of a method
  // that the path does not have, is none of them, whatever its header says.
  fastify.addHook('preValidation', (request, _reply, done) => {
    done(request.isMultipart() && !acceptsMultipart(request) ? new ApiError(415) : undefined);
  });
}

function acceptsMultipart({ routeOptions }: FastifyRequest): boolean {
  return (routeOptions.config as Partial<typeof ACCEPTS_MULTIPART>).multipart === true;
}
