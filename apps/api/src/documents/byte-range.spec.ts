import { describe, expect, it } from 'vitest';
import { rangeOf } from './byte-range.js';

const ETAG = '"abc"';

describe('a range of 10 bytes', () => {
  it.each<[string | undefined, ReturnType<typeof rangeOf>]>([
    ['bytes=0-0', { start: 0, end: 0 }],
    ['bytes=2-5', { start: 2, end: 5 }],
    ['bytes=2-', { start: 2, end: 9 }],
    ['bytes=2-99', { start: 2, end: 9 }],
    ['bytes=2-99999999999999999999999999', { start: 2, end: 9 }],
    ['bytes=-3', { start: 7, end: 9 }],
    ['bytes=-99', { start: 0, end: 9 }],
    ['BYTES=9-9', { start: 9, end: 9 }],
    ['bytes= 2-5 ', { start: 2, end: 5 }],
    ['bytes=10-', 'unsatisfiable'],
    ['bytes=10-12', 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
    ['bytes=5-2', null],
    ['bytes=-', null],
    ['bytes=', null],
    ['bytes=a-b', null],
    ['bytes=1x-3', null],
    ['bytes=0-1,4-5', null],
    ['bytes=0-1, 4-5', null],
    ['bytes 0-1', null],
    ['lines=0-1', null],
    [undefined, null],
  ])('%s is %j', (range, expected) => {
    expect(rangeOf({ range, ifRange: undefined }, 10, ETAG)).toEqual(expected);
  });

  it.each([
    [ETAG, true],
    ['W/"abc"', false],
    ['"abd"', false],
    ['"abc", "abd"', false],
    ['Wed, 21 Oct 2026 07:28:00 GMT', false],
    ['', false],
  ])('under If-Range: %s counts: %s', (ifRange, counts) => {
    const range = rangeOf({ range: 'bytes=0-1', ifRange }, 10, ETAG);
    expect(range).toEqual(counts ? { start: 0, end: 1 } : null);
  });
});
