import { RouteRules, type Principal } from '@clary/nestjs-auth';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { ApiConfig } from './config/environment.js';
import { logAnswers } from './http/access-log.js';
import { collectRoutes } from './http/allowed-methods.js';
import { ApiError } from './http/api.error.js';
import { answerClientError } from './http/client-error.js';
import { type ErrorFilter } from './http/error.filter.js';
import { limitMediaTypes } from './http/media-types.js';
import { requestIdOf } from './http/request-id.js';
import { closeUnreadBodies } from './http/unread-body.js';
import { corsFor } from './http/cors.js';
import { SchemaPipe } from './http/schema.pipe.js';
import { buildDocument } from './openapi/document.js';
import { PublishedDocument } from './openapi/published-document.js';

/** Bytes. */
const BODY_LIMIT = 256 * 1024;

/** Milliseconds for a whole request to arrive: 200 MB at 2 Mbit/s. Fastify's default is for ever. */
const REQUEST_TIMEOUT = 15 * 60 * 1000;

/** The HTTP server, before Nest knows it. */
export function createAdapter(filter: ErrorFilter): FastifyAdapter {
  return new FastifyAdapter({
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT,
    genReqId: requestIdOf,
    clientErrorHandler: answerClientError,
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      void reply.header('X-Request-Id', request.id);
      filter.answer(error, request, reply);
    },
    // Requests that were under way on a kept connection are answered while the server stops.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    skipMiddie: true,
  });
}

/** Everything between the socket and the controllers; the same for the server and for tests. */
export async function configureApp(
  app: NestFastifyApplication,
  config: ApiConfig,
  filter: ErrorFilter,
  logger: Logger,
): Promise<void> {
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header('X-Request-Id', request.id);
    // Before the body is read: whatever it holds, there is nothing here.
    done(request.is404 ? new ApiError(404) : undefined);
  });
  fastify.addHook('onSend', (request, reply, payload, done) => {
    const { user } = request as { user?: Principal };
    if (user !== undefined && !reply.hasHeader('Cache-Control'))
      void reply.header('Cache-Control', 'private');
    done(null, payload);
  });
  logAnswers(fastify, logger);
  closeUnreadBodies(fastify);
  await limitMediaTypes(fastify);
  const answerOtherMethods = collectRoutes(fastify);
  if (config.corsOrigins.length > 0) app.enableCors({ delegator: corsFor(config.corsOrigins) });
  app.useGlobalFilters(filter);
  app.useGlobalPipes(new SchemaPipe());
  await app.init();
  app
    .get(PublishedDocument, { strict: false })
    .publish(buildDocument(app, app.get(RouteRules), config));
  answerOtherMethods();
  await fastify.ready();
}
