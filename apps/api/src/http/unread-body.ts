import type { FastifyInstance } from 'fastify';
import type { IncomingMessage } from 'node:http';
import { finished } from 'node:stream';

/** Milliseconds that a client may go on sending what nobody reads any more. */
const GRACE = 2000;

/** Lets go of clients that were answered before their body was read, such as a refused upload. */
export function closeUnreadBodies(fastify: FastifyInstance): void {
  fastify.addHook('onResponse', ({ raw }, _reply, done) => {
    if (!raw.complete && !raw.destroyed) drain(raw);
    done();
  });
}

/** Closing at once would reset the connection, and a client that is still sending might never see its answer. */
function drain(request: IncomingMessage): void {
  const { socket } = request;
  const timer = setTimeout(() => socket.destroy(), GRACE);
  finished(request, () => clearTimeout(timer));
  request.unpipe();
  request.resume();
}
