import type { FastifyInstance } from 'fastify';
import type { IncomingMessage } from 'node:http';
import { finished } from 'node:stream';

/** Milliseconds that a client may go on sending what nobody reads any more, and be silent meanwhile. */
const LONGEST = 15_000;
const SILENCE = 3000;

/** Lets go of clients that were answered before their body was read, such as a refused upload. */
export function closeUnreadBodies(fastify: FastifyInstance): void {
  fastify.addHook('onResponse', ({ raw }, _reply, done) => {
    if (!raw.complete && !raw.destroyed) drain(raw);
    done();
  });
}

/**
 * Closing at once would reset the connection, and a client that sends all before it reads, as many do, would never see
 * its answer: what it still sends is thrown away for a while.
 */
function drain(request: IncomingMessage): void {
  const { socket } = request;
  let received = socket.bytesRead;
  const longest = setTimeout(() => socket.destroy(), LONGEST);
  const silence = setInterval(() => {
    if (socket.bytesRead === received) socket.destroy();
    received = socket.bytesRead;
  }, SILENCE);
  finished(request, () => {
    clearTimeout(longest);
    clearInterval(silence);
  });
  request.unpipe();
  request.resume();
}
