import type { Server } from 'node:http';
import { promisify } from 'node:util';

/** Milliseconds between looks. */
const PAUSE = 20;

/**
 * Has clients let go of their kept connections: each answer from now on says that it is the last (RFC 9112, section
 * 9.6). A server that closes a connection by itself does so while the client may be sending its next request, and then
 * nobody knows whether that was carried out.
 *
 * @param patience milliseconds after which it no longer waits for connections to be gone
 */
export async function sayFarewell(server: Server, patience: number): Promise<void> {
  server.prependListener('request', (_request, response) => {
    response.shouldKeepAlive = false;
  });
  const count = promisify(server.getConnections.bind(server));
  const deadline = Date.now() + patience;
  while (Date.now() < deadline && (await count()) > 0) {
    await new Promise((done) => setTimeout(done, PAUSE));
  }
}
