const TEXT_TYPES: Readonly<Record<string, string>> = {
  md: 'text/markdown',
  markdown: 'text/markdown',
  csv: 'text/csv',
  html: 'text/html',
  htm: 'text/html',
};

/** The one binary format that may be plain text from its first byte to its last. */
const PDF = 'application/pdf';

/** What is known of a file's bytes. */
export interface FileFacts {
  /** The type that its magic numbers name, if any. */
  readonly detected: string | undefined;
  /** Whether the whole file is valid UTF-8 without NUL. */
  readonly isText: boolean;
}

/**
 * The content type of a file, from its bytes; what the client says of it does not count. The name only tells kinds of
 * text apart. A text that happens to begin like a binary format is a text.
 */
export function contentTypeOf({ detected, isText }: FileFacts, filename: string): string {
  if (!isText) return detected ?? 'application/octet-stream';
  if (detected === PDF) return PDF;
  const extension = /\.([^.]+)$/.exec(filename)?.[1]?.toLowerCase() ?? '';
  return Object.hasOwn(TEXT_TYPES, extension) ? (TEXT_TYPES[extension] as string) : 'text/plain';
}
