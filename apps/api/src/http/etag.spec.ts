import { describe, expect, it } from 'vitest';
import { isKnown } from './etag.js';

const ETAG = '"abc"';

describe('content that the client has already', () => {
  it.each([
    [ETAG, true],
    ['W/"abc"', true],
    ['"x", "abc"', true],
    ['"x","abc"', true],
    [' * ', true],
    ['"x"', false],
    ['abc', false],
    ['"x, *"', false],
    ['', false],
    [undefined, false],
  ])('is named by %j: %s', (ifNoneMatch, known) => {
    expect(isKnown(ifNoneMatch, ETAG)).toBe(known);
  });
});
