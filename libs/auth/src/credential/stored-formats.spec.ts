import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { MasterKeyRing } from './master-keys.js';
import { verifyHs256 } from './signing-key.js';
import { computeVerifier, VERIFIER_SCHEME } from './verifier.js';

/** What another implementation (Python's hashlib, hmac and cryptography) made of one key and one master key. */
const KEY = `clary_dev_${'a'.repeat(16)}_${'b'.repeat(43)}27ljJA`;
const ROW = { keyId: `key_${'a'.repeat(16)}`, accountId: `acct_${'a'.repeat(16)}` };
const MASTER_KEY = { version: 7, key: Buffer.from(Array.from({ length: 32 }, (_, at) => at)) };
const VERIFIER = 'f882a82b2a13a024e9e787d395744e86d9b87a3cb445b32f4ee552d2170c5d35';
const CHECK_VALUE = '0442fab84f770126f9dcd861de9baf63129a5a2f743d8907c35c6cf37dd6152b';
const SEALED = [
  '01', // format
  '00000007', // version of the master key
  '6465666768696a6b6c6d6e6f', // nonce
  '50ad497f2f2829b8b705316c23e7b283', // tag
  '4665c687959a7f295fed4ae3db8cb57d13dde9d83ca1ce34a7e72213c38ebcf6', // SHA-256 of the key
].join('');

describe('what stands in databases', () => {
  const ring = new MasterKeyRing([MASTER_KEY]);

  it('goes on recognising a key by its verifier', () => {
    expect(computeVerifier(KEY).toString('hex')).toBe(VERIFIER);
    expect(VERIFIER_SCHEME).toBe('hmac-sha256/v1');
  });

  it('goes on opening, and verifies what the key signs', () => {
    const signature = createHmac('sha256', KEY).update('text').digest();
    expect(verifyHs256('text', signature, ring.open(Buffer.from(SEALED, 'hex'), ROW))).toBe(true);
  });

  it('goes on knowing the master key of a version', () => {
    expect(ring.checkValues()).toEqual([{ version: 7, value: Buffer.from(CHECK_VALUE, 'hex') }]);
  });
});
