const PLAIN = 'text/plain';

const TEXT_TYPES: ReadonlyMap<string, string> = new Map([
  ['txt', PLAIN],
  ['md', 'text/markdown'],
  ['markdown', 'text/markdown'],
  ['csv', 'text/csv'],
  ['html', 'text/html'],
  ['htm', 'text/html'],
]);

/** What is known of a file's bytes. */
export interface FileFacts {
  /** The type that its magic numbers name, if any. */
  readonly detected: string | undefined;
  /** Whether the whole file is valid UTF-8 without NUL. */
  readonly isText: boolean;
}

/**
 * The content type of a file, from its bytes; what the client says of it does not count. Names only tell kinds of text
 * apart: the first whose ending says something.
 */
export function contentTypeOf({ detected, isText }: FileFacts, ...names: string[]): string {
  if (detected !== undefined) return detected;
  if (!isText) return 'application/octet-stream';
  return names.map(textTypeOf).find((type) => type !== undefined) ?? PLAIN;
}

/** The kind of text that a name's ending says, if it says one. */
export function textTypeOf(name: string): string | undefined {
  return TEXT_TYPES.get(/\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? '');
}
