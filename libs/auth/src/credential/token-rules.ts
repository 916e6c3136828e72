import type { Rule } from '../rule.js';
import { ACCOUNT_ID_PREFIX, isId, KEY_ID_PREFIX } from './identifiers.js';
import { ownValue } from './json-object.js';
import { DIGEST_SIZE } from './signing-key.js';
import { UNREADABLE, type TokenParts } from './token-parts.js';

const MAX_SUBJECT_LENGTH = 255;
const CONTROL_CHARACTER = /\p{Cc}/u;

/** Members that change how a token is read or bring a key along (RFC 7515, section 4.1; RFC 7797): refused unread. */
export const REFUSED_HEADER_MEMBERS: readonly string[] = [
  'crit',
  'b64',
  'zip',
  'cty',
  'enc',
  'jwk',
  'jku',
  'x5u',
  'x5c',
];

/** Which keys may have signed a token: the one it names, or any usable one of the account it names. */
export type SignerReference = { readonly keyId: string } | { readonly accountId: string };

/** What a JWT must be before anything is looked up, more strictly than libraries have it. */
export const TOKEN_RULES = [
  {
    name: 'three_segments',
    reason: 'malformed_token',
    holds: ({ segments }) => segments === 3,
  },
  {
    name: 'signature_size',
    reason: 'malformed_token',
    holds: ({ signature }) => signature.length === DIGEST_SIZE,
  },
  {
    name: 'header_object',
    reason: 'malformed_token',
    holds: ({ header }) => header !== UNREADABLE,
  },
  {
    name: 'algorithm',
    reason: 'algorithm_refused',
    needs: ['header_object'],
    holds: ({ header }) => Object.hasOwn(header, 'alg') && header['alg'] === 'HS256',
  },
  {
    name: 'header_members',
    reason: 'token_header_refused',
    needs: ['header_object'],
    holds: ({ header }) => !REFUSED_HEADER_MEMBERS.some((name) => Object.hasOwn(header, name)),
  },
  {
    name: 'header_type',
    reason: 'token_header_refused',
    needs: ['header_object'],
    holds: ({ header }) => !Object.hasOwn(header, 'typ') || isJwt(header['typ']),
  },
  {
    name: 'payload_object',
    reason: 'malformed_token',
    holds: ({ payload }) => payload !== UNREADABLE,
  },
  {
    name: 'subject',
    reason: 'malformed_subject',
    needs: ['payload_object'],
    holds: ({ payload }) => isSubject(ownValue(payload, 'sub')),
  },
  {
    name: 'issuer',
    reason: 'malformed_token',
    needs: ['payload_object'],
    holds: ({ payload }) => isAbsentOrText(ownValue(payload, 'iss')),
  },
  {
    name: 'key_id_form',
    reason: 'malformed_key_id',
    needs: ['header_object', 'payload_object'],
    holds: (parts) => isAbsentOrKeyId(namedKey(parts)),
  },
  {
    name: 'key_named',
    reason: 'kid_required',
    needs: ['header_object', 'payload_object', 'subject'],
    holds: (parts) => namedKey(parts) !== undefined || isAccountId(ownValue(parts.payload, 'sub')),
  },
] as const satisfies readonly Rule<TokenParts>[];

/**
 * What a token calls its key, in whatever form: `kid`, without it an `iss` that begins like a key id; undefined where it
 * names none. No other way is tried when the value is bad: a token would choose how it is judged.
 */
export function namedKey({ header, payload }: TokenParts): unknown {
  if (Object.hasOwn(header, 'kid')) return header['kid'];
  const issuer = ownValue(payload, 'iss');
  return typeof issuer === 'string' && issuer.startsWith(`${KEY_ID_PREFIX}_`) ? issuer : undefined;
}

/** Which keys may have signed a token that keeps the rules. */
export function signerOf(parts: TokenParts): SignerReference {
  const keyId = namedKey(parts) as string | undefined;
  return keyId === undefined ? { accountId: parts.payload['sub'] as string } : { keyId };
}

const isJwt = (type: unknown): boolean => typeof type === 'string' && type.toUpperCase() === 'JWT';

const isAbsentOrText = (value: unknown): boolean =>
  value === undefined || typeof value === 'string';

const isAbsentOrKeyId = (value: unknown): boolean =>
  value === undefined || (typeof value === 'string' && isId(KEY_ID_PREFIX, value));

const isAccountId = (value: unknown): boolean =>
  typeof value === 'string' && isId(ACCOUNT_ID_PREFIX, value);

function isSubject(subject: unknown): boolean {
  if (typeof subject !== 'string' || subject === '' || !subject.isWellFormed()) return false;
  return !CONTROL_CHARACTER.test(subject) && countCharacters(subject) <= MAX_SUBJECT_LENGTH;
}

/** Code points: a character outside the basic plane is one. */
function countCharacters(text: string): number {
  return Array.from(text).length;
}
