import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { pageQuery, toPage } from './pagination.js';

describe('a page', () => {
  it.each([
    [{ limit: 10, offset: 0 }, 25, 10, null],
    [{ limit: 10, offset: 10 }, 25, 20, 0],
    [{ limit: 10, offset: 15 }, 25, null, 5],
    [{ limit: 10, offset: 5 }, 25, 15, 0],
    [{ limit: 10, offset: 0 }, 10, null, null],
    [{ limit: 10, offset: 90 }, 25, null, 80],
    [{ limit: 10, offset: 0 }, 0, null, null],
  ])('%j of %d goes on at %j and back at %j', (request, total, next, previous) => {
    expect(toPage([], total, request).pagination).toEqual({
      total,
      ...request,
      next_offset: next,
      prev_offset: previous,
    });
  });

  it.each(['0', '101', '-1', '1.5', 'ten', '', ' 1', '1e1', ['1', '2']])(
    'has no limit %j',
    (limit) => {
      expect(z.object(pageQuery).safeParse({ limit }).success).toBe(false);
    },
  );

  it('has ten items from the beginning, unless said', () => {
    expect(z.object(pageQuery).parse({})).toEqual({ limit: 10, offset: 0 });
  });
});
