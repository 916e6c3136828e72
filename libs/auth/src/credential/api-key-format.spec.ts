import { describe, expect, it } from 'vitest';
import { ApiKeyFormat } from './api-key-format.js';

const format = new ApiKeyFormat('clary');
const KNOWN = `clary_dev_${'a'.repeat(16)}_${'b'.repeat(43)}27ljJA`;

describe('the form of an API key', () => {
  it('has the checksum that is published for a known key', () => {
    expect(format.keyIdOf(KNOWN)).toBe(`key_${'a'.repeat(16)}`);
  });

  it('has a checksum of six characters, however small its value', () => {
    expect(format.keyIdOf(`clary_dev_${'a'.repeat(16)}_${'b'.repeat(39)}6264000mvs`)).toBe(
      `key_${'a'.repeat(16)}`,
    );
  });

  it.each([
    ['development', 'clary_dev_', 76],
    ['staging', 'clary_stg_', 76],
    ['production', 'clary_prod_', 77],
  ] as const)('is made for %s and read back', (environment, start, length) => {
    const { key, keyId } = format.generate(environment);
    expect(key).toMatch(new RegExp(`^${start}[0-9A-Za-z]{16}_[0-9A-Za-z]{49}$`));
    expect(key).toHaveLength(length);
    expect(format.keyIdOf(key)).toBe(keyId);
  });

  it('is always longer than the 64 bytes at which HMAC begins to hash its key, whatever the prefix', () => {
    expect(new ApiKeyFormat('a').generate('development').key.length).toBeGreaterThan(64);
  });

  it.each([
    ['upper-cased', KNOWN.toUpperCase()],
    ['cut short', KNOWN.slice(0, -1)],
    ['padded', `${KNOWN}A`],
    ['with a blank behind', `${KNOWN} `],
    ['with a line break behind', `${KNOWN}\n`],
    ['percent-encoded', KNOWN.replace('_', '%5F')],
    ['of another prefix', KNOWN.replace('clary', 'klary')],
    ['of an unknown environment', KNOWN.replace('_dev_', '_tst_')],
    ['with one character of the secret changed', KNOWN.replace('b27', 'c27')],
    ['with one character of the id changed', KNOWN.replace('_a', '_A')],
    ['with a wrong checksum', `${KNOWN.slice(0, -1)}B`],
    ['with a letter of another script', KNOWN.replace('b', 'б')],
    ['empty', ''],
  ])('is refused when %s', (_, key) => {
    expect(format.keyIdOf(key)).toBeNull();
  });

  it.each([
    `clary_tst_${'a'.repeat(16)}_${'b'.repeat(43)}21aeqw`,
    `klary_dev_${'a'.repeat(16)}_${'b'.repeat(43)}3rCZMR`,
    `clary_dev_${'a'.repeat(15)}-_${'b'.repeat(43)}1yhViG`,
    `clary_dev_${'a'.repeat(16)}_${'b'.repeat(42)}3EfZSx`,
    `clary_dev_${'a'.repeat(16)}_${'b'.repeat(44)}1zBLOT`,
    `x clary_dev_${'a'.repeat(16)}_${'b'.repeat(43)}24GI9K`,
  ])('is refused in another form, though its checksum is right: %s', (key) => {
    expect(format.keyIdOf(key)).toBeNull();
  });

  it('shows no character of the secret in its hint', () => {
    expect(format.hint('development', `key_${'a'.repeat(16)}`)).toBe(
      `clary_dev_${'a'.repeat(16)}_…`,
    );
  });

  it.each(['', 'Clary', 'cl_ary', '1clary', 'a'.repeat(21)])('takes no prefix %j', (prefix) => {
    expect(() => new ApiKeyFormat(prefix)).toThrow(RangeError);
  });
});
