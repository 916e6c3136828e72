import { z } from 'zod';
import { wholeNumber } from '../validation/whole-number.js';

const DEFAULT_LIMIT = 10;
const MAX_LIMIT = 100;
const MAX_OFFSET = 2_147_483_647;

/** The query of every list: `limit` (1 to 100, default 10) and `offset` (default 0). */
export const pageQuery = {
  limit: wholeNumber(1, MAX_LIMIT).default(DEFAULT_LIMIT).meta({
    description: 'How many items a page may have.',
    default: DEFAULT_LIMIT,
  }),
  offset: wholeNumber(0, MAX_OFFSET).default(0).meta({
    description: 'How many items to pass over.',
    default: 0,
  }),
};

/** Which part of a list is asked for. */
export interface PageRequest {
  readonly limit: number;
  readonly offset: number;
}

const count = z.int().nonnegative();

const pagination = z
  .strictObject({
    total: count.meta({ description: 'How many items the whole list has.', examples: [25] }),
    limit: z
      .int()
      .min(1)
      .max(MAX_LIMIT)
      .meta({ description: 'As asked for.', examples: [10] }),
    offset: count.meta({ description: 'As asked for.', examples: [10] }),
    next_offset: count.nullable().meta({
      description: 'The `offset` of the next page; null on the last one.',
      examples: [20],
    }),
    prev_offset: count.nullable().meta({
      description: 'The `offset` of the page before; null on the first one.',
      examples: [0],
    }),
  })
  .meta({ id: 'Pagination', description: 'Where a page stands in the whole list.' });

/** The schema of a page of items. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.strictObject({
    data: z.array(item).max(MAX_LIMIT).meta({ description: 'The items of this page.' }),
    pagination,
  });
}

/** Part of a list, and where it stands in the whole. */
export interface Page<Item> {
  data: Item[];
  pagination: z.infer<typeof pagination>;
}

/** Builds a page. */
export function toPage<Item>(
  data: Item[],
  total: number,
  { limit, offset }: PageRequest,
): Page<Item> {
  return {
    data,
    pagination: {
      total,
      limit,
      offset,
      next_offset: offset + limit < total ? offset + limit : null,
      prev_offset: offset > 0 ? Math.max(0, offset - limit) : null,
    },
  };
}
