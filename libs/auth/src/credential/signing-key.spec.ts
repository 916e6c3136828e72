import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ApiKeyFormat } from './api-key-format.js';
import { signingDigest, signingKey, verifyHs256 } from './signing-key.js';
import { computeVerifier, matchesVerifier } from './verifier.js';

const sign = (key: string, text: string): Buffer => createHmac('sha256', key).update(text).digest();

describe('the idea that a key signs and is not kept', () => {
  it('what a key of more than 64 bytes signs is verified by its SHA-256 alone', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 65, maxLength: 4096, unit: 'binary-ascii' }),
        fc.string(),
        (key, text) => {
          expect(verifyHs256(text, sign(key, text), signingKey(signingDigest(key)))).toBe(true);
        },
      ),
    );
  });

  it('a key of 64 bytes would not be hashed by HMAC, and is not taken', () => {
    expect(() => signingDigest('k'.repeat(64))).toThrow(RangeError);
  });

  it('an empty or short digest is not taken as a key', () => {
    expect(() => signingKey(Buffer.alloc(0))).toThrow(RangeError);
    expect(() => signingKey(Buffer.alloc(31))).toThrow(RangeError);
  });

  it('another text, another key or a cut signature does not verify', () => {
    const { key } = new ApiKeyFormat('clary').generate('development');
    const verifier = signingKey(signingDigest(key));
    expect(verifyHs256('text', sign(key, 'text'), verifier)).toBe(true);
    expect(verifyHs256('texu', sign(key, 'text'), verifier)).toBe(false);
    expect(verifyHs256('text', sign(`${key}x`, 'text'), verifier)).toBe(false);
    expect(verifyHs256('text', sign(key, 'text').subarray(0, 31), verifier)).toBe(false);
  });

  it('what recognises a key is not what verifies its signatures', () => {
    const { key } = new ApiKeyFormat('clary').generate('development');
    expect(computeVerifier(key)).not.toEqual(signingDigest(key));
    expect(matchesVerifier(key, computeVerifier(key))).toBe(true);
    expect(matchesVerifier(`${key}x`, computeVerifier(key))).toBe(false);
    expect(matchesVerifier(key, Buffer.alloc(0))).toBe(false);
  });
});
