import { describe, expect, it } from 'vitest';
import { isId, newId } from './identifiers.js';

describe('an id', () => {
  it('is a prefix and 16 base62 characters, others each time', () => {
    const ids = Array.from({ length: 100 }, () => newId('acct'));
    expect(ids.filter((id) => !/^acct_[0-9A-Za-z]{16}$/.test(id))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('is known again, by its own prefix alone', () => {
    const id = newId('key');
    expect([isId('key', id), isId('acct', id), isId('ke', id)]).toEqual([true, false, false]);
  });

  it.each([
    '',
    'key_',
    `key_${'a'.repeat(15)}`,
    `key_${'a'.repeat(17)}`,
    `key__${'a'.repeat(16)}`,
    `key_${'a'.repeat(16)}\n`,
    `key_${'a'.repeat(15)}-`,
    `KEY_${'a'.repeat(16)}`,
    'a'.repeat(16),
  ])('is not %j', (text) => {
    expect(isId('key', text)).toBe(false);
  });
});
