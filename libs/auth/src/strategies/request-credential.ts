import type { ActorRequest } from '../actor.js';
import type { AuthSettings } from '../auth.settings.js';
import { clientIpOf } from '../credential/client-ip.js';
import { methodOf, peekBearerCredential, readBearerCredential } from '../credential/bearer.js';
import type { AuthenticationMethod } from '../principal.js';
import { Refusal } from '../refusal.js';

/** A request of Express, of Fastify (`raw`), or of Node itself. */
export interface HeaderSource {
  /** Names and values in turn, as Node read them: the parsed headers hide a second `Authorization`. */
  readonly rawHeaders?: readonly string[];
  /** Node's request, where the framework wraps it. */
  readonly raw?: Pick<HeaderSource, 'rawHeaders' | 'socket'>;
  /** The connection. */
  readonly socket?: {
    /** Its other end; undefined once it is closed. */
    readonly remoteAddress?: string | undefined;
  };
  /** The request's id, where the framework or a middleware gave it one. */
  readonly id?: unknown;
}

/** A request's credential and what its shape says it is. */
export interface RequestCredential {
  readonly credential: string;
  readonly method: AuthenticationMethod;
}

/**
 * Reads the credential from the raw headers.
 *
 * @throws Refusal
 */
export function readRequestCredential(request: HeaderSource): RequestCredential {
  const credential = readBearerCredential(rawHeadersOf(request));
  return { credential, method: methodOf(credential) };
}

/**
 * The credential before its form is judged, to look for what was judged before. Null where it is no bearer credential.
 *
 * @throws Refusal where there is not exactly one header
 */
export function peekRequestCredential(request: HeaderSource): RequestCredential | null {
  const credential = peekBearerCredential(rawHeadersOf(request));
  return credential === null ? null : { credential, method: methodOf(credential) };
}

/**
 * The credential, for a strategy of one method.
 *
 * @throws Refusal when there is none, or it is of the other kind
 */
export function requireCredential(request: HeaderSource, method: AuthenticationMethod): string {
  const read = readRequestCredential(request);
  if (read.method !== method) throw new Refusal('not_this_strategy');
  return read.credential;
}

/**
 * The address of whoever sent the request, through the proxies that the settings trust; null where it is not known.
 */
export function clientIp(request: HeaderSource, { trustedProxies }: AuthSettings): string | null {
  const { socket } = request.raw ?? request;
  return clientIpOf(
    { peer: socket?.remoteAddress, rawHeaders: rawHeadersOf(request) },
    trustedProxies,
  );
}

/** What of a request goes into logs. */
export function actorRequest(request: HeaderSource, settings: AuthSettings): ActorRequest {
  return { requestId: requestIdOf(request), ip: clientIp(request, settings) };
}

/** The request's id, where it is a text. */
export function requestIdOf({ id }: HeaderSource): string | null {
  return typeof id === 'string' ? id : null;
}

function rawHeadersOf(request: HeaderSource): readonly string[] {
  return request.raw?.rawHeaders ?? request.rawHeaders ?? [];
}
