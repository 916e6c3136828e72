import type { Principal } from '@clary/nestjs-auth';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';

/** Writes one line per answer: the route's template, never the URL, since anything may stand in that. */
export function logAnswers(fastify: FastifyInstance, logger: Logger): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    const { user } = request as { user?: Principal };
    const route = request.routeOptions.url ?? null;
    const level = route?.startsWith('/health/') === true ? 'debug' : 'info';
    logger[level]({
      msg: 'answered',
      requestId: request.id,
      method: request.method,
      route,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 1000) / 1000,
      keyId: user?.keyId,
      accountId: user?.accountId,
    });
    done();
  });
}
