import { wholeNumber } from '../validation/whole-number.js';

const DEFAULT_LIMIT = 10;
const MAX_LIMIT = 100;
const MAX_OFFSET = 2_147_483_647;

/** The query of every list: `limit` (1 to 100, default 10) and `offset` (default 0). */
export const pageQuery = {
  limit: wholeNumber(1, MAX_LIMIT).default(DEFAULT_LIMIT),
  offset: wholeNumber(0, MAX_OFFSET).default(0),
};

/** Which part of a list is asked for. */
export interface PageRequest {
  readonly limit: number;
  readonly offset: number;
}

/** Part of a list, and where it stands in the whole. */
export interface Page<Item> {
  readonly data: readonly Item[];
  readonly pagination: {
    /** Of the whole list. */
    readonly total: number;
    readonly limit: number;
    readonly offset: number;
    /** Null on the last page. */
    readonly next_offset: number | null;
    /** Null on the first page. */
    readonly prev_offset: number | null;
  };
}

/** Builds a page. */
export function toPage<Item>(
  data: readonly Item[],
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
