import { describe, expect, it } from 'vitest';
import { contentTypeOf } from './content-type.js';

describe('the content type', () => {
  it.each([
    ['notes.md', 'text/markdown'],
    ['TABLE.CSV', 'text/csv'],
    ['page.htm', 'text/html'],
    ['notes.txt', 'text/plain'],
    ['notes', 'text/plain'],
    ['image.png', 'text/plain'],
    ['a.constructor', 'text/plain'],
  ])('of a text called %s is %s', (name, type) => {
    expect(contentTypeOf({ detected: undefined, isText: true }, name)).toBe(type);
  });

  it('of a text is told by the first name whose ending says something', () => {
    const text = { detected: undefined, isText: true };
    expect(contentTypeOf(text, 'blob', 'notes.md')).toBe('text/markdown');
    expect(contentTypeOf(text, 'notes.txt', 'notes.md')).toBe('text/plain');
  });

  it('of other bytes is what they say, whatever the name', () => {
    expect(contentTypeOf({ detected: 'image/png', isText: false }, 'x.txt')).toBe('image/png');
    expect(contentTypeOf({ detected: undefined, isText: false }, 'x.txt')).toBe(
      'application/octet-stream',
    );
    expect(contentTypeOf({ detected: 'application/pdf', isText: true }, 'x.txt')).toBe(
      'application/pdf',
    );
  });
});
