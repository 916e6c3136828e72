import { Refusal } from '../refusal.js';
import { ACCOUNT_ID_PREFIX, isId, KEY_ID_PREFIX } from './identifiers.js';
import { DIGEST_SIZE } from './signing-key.js';

const SEGMENT = /^[A-Za-z0-9_-]+$/;
const MAX_SUBJECT_LENGTH = 255;
const CONTROL_CHARACTER = /\p{Cc}/u;

/** Members that change how a token is read or bring a key along (RFC 7515, section 4.1; RFC 7797): refused unread. */
const REFUSED_HEADER_MEMBERS = ['crit', 'b64', 'zip', 'cty', 'enc', 'jwk', 'jku', 'x5u', 'x5c'];

type JsonObject = Readonly<Record<string, unknown>>;

/** Which keys may have signed a token: the one it names, or any usable one of the account it names. */
export type SignerReference = { readonly keyId: string } | { readonly accountId: string };

/** A JWT whose form was checked and whose signature was not. Nothing in it may be believed yet. */
export interface UnverifiedToken {
  readonly signer: SignerReference;
  readonly subject: string;
  readonly payload: JsonObject;
  /** Header and payload segments as received, with the dot between them: what the signature covers. */
  readonly signingInput: string;
  /** 32 bytes. */
  readonly signature: Buffer;
}

/**
 * Reads a JWT in compact form (RFC 7515, section 7.1) more strictly than libraries do: exactly three canonical
 * base64url segments, `alg` exactly `HS256`, no member that changes the meaning, a payload that is an object, and
 * `kid`, `iss` and `sub` of the right form.
 *
 * @throws Refusal
 */
export function readToken(token: string): UnverifiedToken {
  const [header, payload, signature, ...rest] = token.split('.');
  if (header === undefined || payload === undefined || signature === undefined || rest.length > 0) {
    throw new Refusal('malformed_token');
  }
  const mac = decodeSegment(signature);
  if (mac.length !== DIGEST_SIZE) throw new Refusal('malformed_token');
  const members = parseObject(header);
  assertHeader(members);
  const claims = parseObject(payload);
  const subject = readSubject(claims);
  return {
    signer: readSigner(members, claims, subject),
    subject,
    payload: claims,
    signingInput: token.slice(0, header.length + 1 + payload.length),
    signature: mac,
  };
}

/** Decodes base64url (RFC 4648, section 5) in its one canonical spelling. */
function decodeSegment(segment: string): Buffer {
  const bytes = Buffer.from(segment, 'base64url');
  if (!SEGMENT.test(segment) || bytes.toString('base64url') !== segment)
    throw new Refusal('malformed_token');
  return bytes;
}

function parseObject(segment: string): JsonObject {
  const bytes = decodeSegment(segment);
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as JsonObject;
  } catch {
    // One reason for everything that is no JSON object: the text may hold anything and goes nowhere.
  }
  throw new Refusal('malformed_token');
}

function assertHeader(header: JsonObject): void {
  if (!Object.hasOwn(header, 'alg') || header['alg'] !== 'HS256')
    throw new Refusal('algorithm_refused');
  if (REFUSED_HEADER_MEMBERS.some((name) => Object.hasOwn(header, name))) {
    throw new Refusal('token_header_refused');
  }
  if (!Object.hasOwn(header, 'typ')) return;
  const type = header['typ'];
  if (typeof type !== 'string' || type.toUpperCase() !== 'JWT')
    throw new Refusal('token_header_refused');
}

function readSubject(payload: JsonObject): string {
  const subject = ownValue(payload, 'sub');
  if (typeof subject !== 'string' || subject === '' || !subject.isWellFormed()) {
    throw new Refusal('malformed_subject');
  }
  if (CONTROL_CHARACTER.test(subject) || countCharacters(subject) > MAX_SUBJECT_LENGTH) {
    throw new Refusal('malformed_subject');
  }
  return subject;
}

/** Code points: a character outside the basic plane is one. */
function countCharacters(text: string): number {
  return Array.from(text).length;
}

function readSigner(header: JsonObject, payload: JsonObject, subject: string): SignerReference {
  const issuer = ownValue(payload, 'iss');
  if (issuer !== undefined && typeof issuer !== 'string') throw new Refusal('malformed_token');
  if (Object.hasOwn(header, 'kid')) return keyReference(header['kid']);
  if (issuer?.startsWith(`${KEY_ID_PREFIX}_`)) return keyReference(issuer);
  if (!isId(ACCOUNT_ID_PREFIX, subject)) throw new Refusal('kid_required');
  return { accountId: subject };
}

/** A key id that is not one is refused: falling back to another way would let a token choose how it is judged. */
function keyReference(value: unknown): SignerReference {
  if (typeof value !== 'string' || !isId(KEY_ID_PREFIX, value))
    throw new Refusal('malformed_key_id');
  return { keyId: value };
}

/** A member of the object itself; names such as `__proto__` must not reach Object.prototype. */
function ownValue(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}
