import { describe, expect, it } from 'vitest';
import { methodOf, readBearerCredential } from './bearer.js';

const reasonOf = (...rawHeaders: string[]): unknown => {
  try {
    return readBearerCredential(rawHeaders);
  } catch (error) {
    return (error as { reason: string }).reason;
  }
};

describe('the Authorization header', () => {
  it.each(['Bearer abc', 'bearer abc', 'BEARER abc'])('is read from %j', (value) => {
    expect(reasonOf('Host', 'x', 'aUTHORIZATION', value)).toBe('abc');
  });

  it.each([
    ['no_credential', ['Host', 'x']],
    ['several_headers', ['Authorization', 'Bearer a', 'authorization', 'Bearer a']],
    ['malformed_header', ['Authorization', '']],
    ['malformed_header', ['Authorization', 'Bearer']],
    ['malformed_header', ['Authorization', 'Bearer  abc']],
    ['malformed_header', ['Authorization', 'Bearer\tabc']],
    ['malformed_header', ['Authorization', 'Bearer abc def']],
    ['malformed_header', ['Authorization', ' Bearer abc']],
    ['malformed_header', ['Authorization', 'Basic abc']],
    ['malformed_header', ['Authorization', 'Bearer, Bearer abc']],
    ['malformed_header', ['Authorization', 'Bearer abc\n']],
    ['malformed_header', ['Authorization', 'Bearer ä']],
    ['header_too_long', ['Authorization', `Bearer ${'a'.repeat(8192)}`]],
  ])('is refused as %s: %j', (reason, rawHeaders) => {
    expect(reasonOf(...rawHeaders)).toBe(reason);
  });

  it('is read up to 8192 characters', () => {
    expect(reasonOf('Authorization', `Bearer ${'a'.repeat(8185)}`)).toBe('a'.repeat(8185));
    expect(reasonOf('Authorization', `Bearer ${'a'.repeat(8186)}`)).toBe('header_too_long');
  });

  it('takes a value of another header that is called Authorization for a value', () => {
    expect(reasonOf('X-Name', 'Authorization', 'Authorization', 'Bearer abc')).toBe('abc');
  });

  it('holds a JWT when there are dots in it', () => {
    expect([methodOf('a.b.c'), methodOf('clary_dev_x')]).toEqual(['jwt', 'api_key']);
  });
});
