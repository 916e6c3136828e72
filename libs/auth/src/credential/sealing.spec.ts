import { createSecretKey, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { open, seal, sealedVersion } from './sealing.js';

const key = createSecretKey(randomBytes(32));
const row = { keyId: 'key_aaaaaaaaaaaaaaaa', accountId: 'acct_aaaaaaaaaaaaaaaa' };
const VERSION_END = 5;
const SMALLEST = 33;

describe('a sealed value', () => {
  it('gives back what was sealed, of any length, and tells its version', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.integer({ min: 1, max: 0xffff_ffff }), (bytes, version) => {
        const blob = seal(Buffer.from(bytes), version, key, row);
        expect(sealedVersion(blob)).toBe(version);
        expect(open(blob, key, row)).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it.each([0, VERSION_END, VERSION_END + 12, SMALLEST - 1])(
    'has a nonce and a whole tag: %i bytes are none',
    (length) => {
      const blob = seal(Buffer.alloc(32), 1, key, row).subarray(0, length);
      expect(() => sealedVersion(blob)).toThrow('Not a sealed value');
    },
  );

  it.each([0, 2, 255])('is not known in a format %i that came later', (format) => {
    const blob = seal(Buffer.alloc(32), 1, key, row);
    blob.writeUInt8(format, 0);
    expect(() => sealedVersion(blob)).toThrow('Not a sealed value');
  });

  it('does not open under another version than its own', () => {
    const blob = seal(Buffer.alloc(32), 1, key, row);
    blob.writeUInt32BE(2, 1);
    expect(() => open(blob, key, row)).toThrow();
  });
});
