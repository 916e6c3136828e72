import { describe, expect, it } from 'vitest';
import { encodeExtended } from './download.js';

describe('a file name in a header', () => {
  it.each([
    ['report.pdf', "UTF-8''report.pdf"],
    ['Bericht für Ä.pdf', "UTF-8''Bericht%20f%C3%BCr%20%C3%84.pdf"],
    [`a"b;c'd(e)*.txt`, "UTF-8''a%22b%3Bc%27d%28e%29%2A.txt"],
    ['a\r\nSet-Cookie: x', "UTF-8''a%0D%0ASet-Cookie%3A%20x"],
  ])('is encoded whole: %j', (name, encoded) => {
    expect(encodeExtended(name)).toBe(encoded);
  });
});
