import type { AuthenticationMethod } from '../principal.js';
import { Refusal } from '../refusal.js';

const MAX_HEADER_LENGTH = 8192;
const BEARER = /^bearer ([\x21-\x7e]+)$/i;

/**
 * The credential of a request: exactly one `Authorization` header, `Bearer`, one blank, the credential
 * (RFC 6750, section 2.1). Body, query and cookies are not looked at.
 *
 * @param rawHeaders names and values in turn, as Node received them: `headers` silently drops a second one
 * @throws Refusal
 */
export function readBearerCredential(rawHeaders: readonly string[]): string {
  const value = onlyAuthorization(rawHeaders);
  if (value.length > MAX_HEADER_LENGTH) throw new Refusal('header_too_long');
  const credential = BEARER.exec(value)?.[1];
  if (credential === undefined) throw new Refusal('malformed_header');
  return credential;
}

/** Which kind of credential this is by its shape alone: a JWT has dots, an API key has none. */
export function methodOf(credential: string): AuthenticationMethod {
  return credential.includes('.') ? 'jwt' : 'api_key';
}

function onlyAuthorization(rawHeaders: readonly string[]): string {
  let found: string | undefined;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    if (rawHeaders[at]?.toLowerCase() !== 'authorization') continue;
    if (found !== undefined) throw new Refusal('several_headers');
    found = rawHeaders[at + 1];
  }
  if (found === undefined) throw new Refusal('no_credential');
  return found;
}
