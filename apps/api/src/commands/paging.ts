import type { Command } from 'commander';
import type { Page } from '../http/pagination.js';
import type { Output } from './output.js';
import type { Cell } from './table.js';

/** Which part of a list is asked for. */
export interface Paging {
  readonly limit: string;
  readonly offset: string;
}

/** A list is read by people more often than page by page. */
const DEFAULT_LIMIT = '100';

/** Gives the command of a list its options for pages. */
export function withPaging(command: Command): Command {
  return command
    .option('--limit <number>', 'how many at most: 1 to 100', DEFAULT_LIMIT)
    .option('--offset <number>', 'how many to pass over', '0');
}

/** Writes a page of a list, and tells where more is. */
export function writePage<Item>(
  output: Output,
  page: Page<Item>,
  headings: readonly string[],
  toRow: (item: Item) => readonly Cell[],
): void {
  output.table(page, headings, page.data.map(toRow));
  const { total, offset, next_offset } = page.pagination;
  if (next_offset !== null)
    output.note(`${offset + 1} to ${next_offset} of ${total}; the next: --offset ${next_offset}`);
  else if (total === 0) output.note('There are none.');
}
