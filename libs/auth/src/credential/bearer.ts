import type { AuthenticationMethod } from '../principal.js';
import { Refusal } from '../refusal.js';
import { assertRules, type Rule } from '../rule.js';

const NAME = 'authorization';
const MAX_HEADER_LENGTH = 8192;
const SCHEME = /^bearer /i;
const BEARER = /^bearer [\x21-\x7e]+$/i;
const SCHEME_LENGTH = 'Bearer '.length;

/** What the value of the header must be. */
export const BEARER_RULES = [
  {
    name: 'header_length',
    reason: 'header_too_long',
    holds: (value) => value.length <= MAX_HEADER_LENGTH,
  },
  { name: 'header_form', reason: 'malformed_header', holds: (value) => BEARER.test(value) },
] as const satisfies readonly Rule<string>[];

/**
 * The credential of a request: exactly one `Authorization` header, `Bearer`, one blank, the credential
 * (RFC 6750, section 2.1). Body, query and cookies are not looked at.
 *
 * @param rawHeaders names and values in turn, as Node received them: `headers` silently drops a second one
 * @throws Refusal
 */
export function readBearerCredential(rawHeaders: readonly string[]): string {
  const value = onlyAuthorization(rawHeaders);
  assertRules(BEARER_RULES, value);
  return value.slice(SCHEME_LENGTH);
}

/**
 * What stands in the place of the credential, its form unjudged: enough to look for what was judged before. Null where
 * the scheme is another.
 *
 * @param rawHeaders as of `readBearerCredential`
 * @throws Refusal where there is not exactly one header
 */
export function peekBearerCredential(rawHeaders: readonly string[]): string | null {
  const value = onlyAuthorization(rawHeaders);
  return SCHEME.test(value) ? value.slice(SCHEME_LENGTH) : null;
}

/** Which kind of credential this is by its shape alone: a JWT has dots, an API key has none. */
export function methodOf(credential: string): AuthenticationMethod {
  return credential.includes('.') ? 'jwt' : 'api_key';
}

function onlyAuthorization(rawHeaders: readonly string[]): string {
  let found: string | undefined;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string;
    if (name.length !== NAME.length || name.toLowerCase() !== NAME) continue;
    if (found !== undefined) throw new Refusal('several_headers');
    found = rawHeaders[at + 1];
  }
  if (found === undefined) throw new Refusal('no_credential');
  return found;
}
