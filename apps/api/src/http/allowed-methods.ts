import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { METHODS } from 'node:http';
import { ApiError } from './api.error.js';

/** Node hands CONNECT to another event, so that no route can have it. */
const ROUTABLE = METHODS.filter((method) => method !== 'CONNECT');

/**
 * Answers every method that a known path does not have: OPTIONS with 204, others with 405, both with `Allow`
 * (RFC 9110, sections 9.3.7 and 15.5.6). Fastify by itself answers 404.
 *
 * Call it before any route is registered, and the function it returns after all of them.
 */
export function collectRoutes(fastify: FastifyInstance): () => void {
  const methodsByPath = new Map<string, Set<string>>();
  fastify.addHook('onRoute', ({ url, method }: RouteOptions) => {
    const methods = methodsByPath.get(url) ?? new Set();
    [method].flat().forEach((name) => methods.add(name));
    methodsByPath.set(url, methods);
  });
  return () => {
    const missing = ROUTABLE.filter((method) => !fastify.supportedMethods.includes(method));
    missing.forEach((method) => fastify.addHttpMethod(method, { hasBody: true }));
    for (const [url, methods] of [...methodsByPath]) {
      // The wildcard is the CORS plugin's, for preflights of any path; it is no path of ours.
      if (url !== '*') answerOtherMethods(fastify, url, methods);
    }
  };
}

function answerOtherMethods(
  fastify: FastifyInstance,
  url: string,
  methods: ReadonlySet<string>,
): void {
  const allow = [...new Set([...methods, 'OPTIONS'])].sort().join(', ');
  fastify.route({
    url,
    method: ROUTABLE.filter((method) => !methods.has(method)),
    // Before the body is read: whatever it holds, the answer is the same.
    onRequest: (request: FastifyRequest, reply: FastifyReply, done) => {
      if (request.method !== 'OPTIONS') {
        done(new ApiError(405, { headers: { Allow: allow } }));
        return;
      }
      void reply.code(204).header('Allow', allow).send();
    },
    handler: () => undefined,
  });
}
