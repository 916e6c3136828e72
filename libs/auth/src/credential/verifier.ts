import { createHmac, timingSafeEqual } from 'node:crypto';

/** Names the way a verifier was made, so that rows of another scheme can live beside these. */
export const VERIFIER_SCHEME = 'hmac-sha256/v1';

const LABEL = 'clary/key-verifier/v1';

/**
 * What is stored to recognise an API key: HMAC-SHA-256 with a fixed label as HMAC key and the API key as message,
 * 32 bytes. Not SHA-256(key), since that is the key's signing key. No slow hash and no salt: a key has 256 bits of
 * entropy, which no dictionary holds.
 */
export function computeVerifier(apiKey: string): Buffer {
  return createHmac('sha256', LABEL).update(apiKey).digest();
}

/** Whether the API key has this verifier, in constant time. */
export function matchesVerifier(apiKey: string, verifier: Uint8Array): boolean {
  const computed = computeVerifier(apiKey);
  return verifier.length === computed.length && timingSafeEqual(computed, verifier);
}
