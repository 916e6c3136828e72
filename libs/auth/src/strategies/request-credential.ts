import { methodOf, readBearerCredential } from '../credential/bearer.js';
import type { AuthenticationMethod } from '../principal.js';
import { Refusal } from '../refusal.js';

/** A request of Express, of Fastify (`raw`), or of Node itself. */
export interface HeaderSource {
  /** Names and values in turn, as Node read them: the parsed headers hide a second `Authorization`. */
  readonly rawHeaders?: readonly string[];
  /** Node's request, where the framework wraps it. */
  readonly raw?: Required<Pick<HeaderSource, 'rawHeaders'>>;
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
  const rawHeaders = request.raw?.rawHeaders ?? request.rawHeaders ?? [];
  const credential = readBearerCredential(rawHeaders);
  return { credential, method: methodOf(credential) };
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
