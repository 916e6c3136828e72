import type { ProcessingResults } from './document.schema.js';
import { readStart } from './file-start.js';

/** Bytes of a text that are read. */
const MAX_TEXT = 1024 * 1024;

/**
 * Reads a text: UTF-8 as the bytes were found to be. A text has no pages, hence counts as one.
 *
 * @returns of a text of more than 1 MB, as many characters of its beginning as fit into that
 */
export async function readTextFile(path: string): Promise<ProcessingResults> {
  const start = await readStart(path, MAX_TEXT);
  // As a stream that goes on: a character that the limit cuts is left out.
  const text_content = new TextDecoder().decode(start, { stream: true });
  return { page_count: 1, text_content };
}
