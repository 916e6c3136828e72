import {
  createHash,
  createHmac,
  createSecretKey,
  timingSafeEqual,
  type KeyObject,
} from 'node:crypto';

/** Block size of SHA-256 in bytes: a longer HMAC key is replaced by its hash (RFC 2104, section 2). */
const BLOCK_SIZE = 64;

/** Size of a signing digest in bytes. */
export const DIGEST_SIZE = 32;

/**
 * SHA-256 of an API key: the key that HMAC-SHA-256 really works with. As secret as the API key where JWTs are
 * concerned: it is sealed before it is stored, and is never logged, compared or used as an identity.
 *
 * @throws RangeError for a key of 64 bytes or fewer, which HMAC would use as it is
 */
export function signingDigest(apiKey: string): Buffer {
  const bytes = Buffer.from(apiKey, 'utf8');
  if (bytes.length <= BLOCK_SIZE) throw new RangeError('An API key must be longer than 64 bytes');
  return createHash('sha256').update(bytes).digest();
}

/**
 * A signing digest as a key for HMAC. A KeyObject, because a Buffer is first tried as a PEM file by JWT libraries.
 *
 * @throws RangeError when it has not exactly 32 bytes: an empty secret would verify a token signed with nothing
 */
export function signingKey(digest: Buffer): KeyObject {
  if (digest.length !== DIGEST_SIZE) throw new RangeError('A signing digest must have 32 bytes');
  return createSecretKey(digest);
}

/**
 * Whether the text was signed with the key by HS256 (RFC 7518, section 3.2), in constant time.
 *
 * @param signingInput header and payload segments as received, with the dot between them
 * @param signature the decoded third segment
 */
export function verifyHs256(signingInput: string, signature: Buffer, key: KeyObject): boolean {
  const computed = createHmac('sha256', key).update(signingInput).digest();
  return signature.length === computed.length && timingSafeEqual(computed, signature);
}
