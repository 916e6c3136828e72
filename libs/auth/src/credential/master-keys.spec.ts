import { createHmac, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  generateMasterKey,
  MasterKeyRing,
  MissingMasterKeyError,
  parseMasterKeys,
  type MasterKey,
} from './master-keys.js';
import { verifyHs256 } from './signing-key.js';

const one: MasterKey = { version: 1, key: randomBytes(32) };
const two: MasterKey = { version: 2, key: randomBytes(32) };
const row = { keyId: 'key_aaaaaaaaaaaaaaaa', accountId: 'acct_aaaaaaaaaaaaaaaa' };
const digest = randomBytes(32);
const BASE64 = Buffer.alloc(32, 7).toString('base64');

describe('sealing', () => {
  it('opens again for the same row, as the key that was sealed', () => {
    const ring = new MasterKeyRing([one]);
    const key = ring.open(ring.seal(digest, row), row);
    expect(verifyHs256('text', createHmac('sha256', digest).update('text').digest(), key)).toBe(
      true,
    );
  });

  it('never gives the same blob twice, nor shows the digest', () => {
    const ring = new MasterKeyRing([one]);
    const blob = ring.seal(digest, row);
    expect(ring.seal(digest, row)).not.toEqual(blob);
    expect(blob.includes(digest)).toBe(false);
  });

  it.each([
    ['another key', { ...row, keyId: 'key_bbbbbbbbbbbbbbbb' }],
    ['another account', { ...row, accountId: 'acct_bbbbbbbbbbbbbbbb' }],
  ])('does not open for %s', (_, other) => {
    const ring = new MasterKeyRing([one]);
    expect(() => ring.open(ring.seal(digest, row), other)).toThrow();
  });

  it('does not open once any byte of it was changed', () => {
    const ring = new MasterKeyRing([one]);
    const blob = ring.seal(digest, row);
    for (let at = 0; at < blob.length; at += 1) {
      const altered = Buffer.from(blob);
      altered.writeUInt8(altered.readUInt8(at) ^ 1, at);
      expect(() => ring.open(altered, row), `byte ${at}`).toThrow();
    }
  });

  it('does not open with the tag cut down', () => {
    const ring = new MasterKeyRing([one]);
    const blob = ring.seal(digest, row);
    expect(() => ring.open(blob.subarray(0, 5 + 12 + 4), row)).toThrow();
  });

  it('seals under the newest key and opens under every one it has', () => {
    const old = new MasterKeyRing([one]).seal(digest, row);
    const both = new MasterKeyRing([two, one]);
    expect(() => both.open(old, row)).not.toThrow();
    expect(() => new MasterKeyRing([one]).open(both.seal(digest, row), row)).toThrow(
      MissingMasterKeyError,
    );
  });

  it('names the version that is missing', () => {
    const blob = new MasterKeyRing([two]).seal(digest, row);
    expect(() => new MasterKeyRing([one]).open(blob, row)).toThrow(
      'Master key version 2 is not configured',
    );
  });

  it('has a check value per version that tells keys apart and holds none of them', () => {
    const [value] = new MasterKeyRing([one]).checkValues();
    const [other] = new MasterKeyRing([{ ...two, version: 1 }]).checkValues();
    expect(value?.version).toBe(1);
    expect(value?.value).not.toEqual(other?.value);
    expect(value?.value.includes(one.key)).toBe(false);
  });
});

describe('a ring of master keys', () => {
  it('without any goes on without sealing', () => {
    expect(new MasterKeyRing([]).checkValues()).toEqual([]);
    expect(() => new MasterKeyRing([]).seal(digest, row)).toThrow(
      'No master key is configured: API keys cannot be issued',
    );
  });

  it.each([0, -1, 1.5, Number.NaN, Infinity, 2 ** 32])('takes no version %d', (version) => {
    expect(() => new MasterKeyRing([{ ...one, version }])).toThrow(RangeError);
  });

  it.each([1, 2 ** 32 - 1])('seals under version %d', (version) => {
    const ring = new MasterKeyRing([{ ...one, version }]);
    expect(() => ring.open(ring.seal(digest, row), row)).not.toThrow();
  });

  it.each([0, 31, 33])('takes no key of %d bytes', (size) => {
    expect(() => new MasterKeyRing([{ version: 1, key: randomBytes(size) }])).toThrow(RangeError);
  });

  it('names the error of a missing one in a log', () => {
    expect(String(new MissingMasterKeyError(2))).toBe(
      'MissingMasterKeyError: Master key version 2 is not configured',
    );
  });
});

describe('the text of master keys', () => {
  it('is read newest first', () => {
    const text = `${generateMasterKey(7)}, ${generateMasterKey(3)}`;
    expect(new MasterKeyRing(parseMasterKeys(text)).versions).toEqual([7, 3]);
  });

  it('is what a generated key is written as', () => {
    const key = randomBytes(32);
    expect(parseMasterKeys(`4294967295:${key.toString('base64')}`)).toEqual([
      { version: 4_294_967_295, key },
    ]);
    expect(parseMasterKeys(generateMasterKey())).toMatchObject([{ version: 1 }]);
  });

  it.each([
    '',
    '1',
    '0:AAAA',
    'x:AAAA',
    `1:${Buffer.alloc(31, 7).toString('base64')}`,
    `1:${BASE64},`,
    `01:${BASE64}`,
    `-1:${BASE64}`,
    `1:${BASE64}AAAA`,
    `1:${BASE64} 2:${BASE64}`,
  ])('is refused when it is %j', (text) => {
    expect(() => parseMasterKeys(text)).toThrow(RangeError);
  });

  it('is refused without being repeated', () => {
    const secret = randomBytes(33).toString('base64');
    expect(() => parseMasterKeys(`1:${secret}`)).toThrow(
      /^entry 1 is not <version>:<base64 of 32 bytes>$/,
    );
  });

  it('names no version twice', () => {
    expect(() => new MasterKeyRing([one, one])).toThrow(RangeError);
  });
});
