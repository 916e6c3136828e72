import type { FastifyCorsOptionsDelegateCallback } from '@fastify/cors';
import type { FastifyRequest } from 'fastify';

const METHODS = ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE'];
const EXPOSED = [
  'Accept-Ranges',
  'Content-Disposition',
  'Content-Range',
  'ETag',
  'Idempotency-Replayed',
  'Location',
  'Retry-After',
  'WWW-Authenticate',
  'X-Request-Id',
];

/**
 * CORS for the origins named, never with credentials: a key in a browser is sent by script, not by the browser.
 * An OPTIONS request that is no preflight stays an ordinary one.
 */
export function corsFor(origins: readonly string[]): FastifyCorsOptionsDelegateCallback {
  const options = {
    origin: [...origins],
    methods: METHODS,
    exposedHeaders: EXPOSED,
    credentials: false,
  };
  return (request, done) => done(null, { ...options, preflight: isPreflight(request) });
}

/** As the Fetch standard (section 3.2.2, CORS request) tells it. */
function isPreflight({ method, headers }: FastifyRequest): boolean {
  const { origin, 'access-control-request-method': requested } = headers;
  return method === 'OPTIONS' && origin !== undefined && requested !== undefined;
}
