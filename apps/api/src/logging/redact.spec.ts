import { describe, expect, it } from 'vitest';
import { redact } from './redact.js';

const HINT = `clary_prod_${'a'.repeat(16)}_`;
const KEY = `${HINT}${'b'.repeat(49)}`;
const SEGMENT = Buffer.from('{"alg":"HS256"}').toString('base64url');
const TOKEN = `${SEGMENT}.${SEGMENT}.${'s'.repeat(43)}`;

describe('the log', () => {
  it('keeps of an API key what may be shown', () => {
    expect(redact(`{"url":"/x?key=${KEY}&a=b"}`)).toBe(`{"url":"/x?key=${HINT}[redacted]&a=b"}`);
  });

  it.each([KEY.slice(0, -1), `${KEY}x`, KEY.slice(0, HINT.length + 5)])(
    'keeps no part of a secret with a typing error: %s',
    (key) => {
      expect(redact(key)).toBe(`${HINT}[redacted]`);
    },
  );

  it('finds a secret in the middle of a word', () => {
    expect(redact(`x${KEY}`)).toBe(`x${HINT}[redacted]`);
    expect(redact(`x-${TOKEN}`)).toBe('[redacted]');
  });

  // In quadratic time this takes longer than a test may.
  it.each(['a-', 'eyJ-', 'eyJa.', 'aaaa.', 'clary_dev_'])('reads a long row of "%s"', (unit) => {
    const text = unit.repeat(2 ** 17 / unit.length);
    expect(redact(text).length).toBeLessThanOrEqual(text.length);
  });

  it.each([
    TOKEN,
    `${SEGMENT}.${SEGMENT}.`,
    `${SEGMENT}.${SEGMENT}`,
    `e30x.e30x.${'s'.repeat(43)}`,
  ])('keeps nothing of a JWT: %s', (token) => {
    expect(redact(`Bearer ${token} end`)).toBe('Bearer [redacted] end');
  });

  it.each([
    `key_${'a'.repeat(16)}`,
    HINT,
    'libs/auth/src/index.ts',
    '2026-01-02T03:04:05.678Z',
    'a.b.c',
  ])('leaves alone what is no secret: %s', (text) => {
    expect(redact(text)).toBe(text);
  });
});
