/** Part of a file, both ends included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** What a request says of the bytes it wants. */
export interface RangeRequest {
  /** `Range` */
  readonly range: string | undefined;
  /** `If-Range` */
  readonly ifRange: string | undefined;
}

const ONE_RANGE = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i;

/**
 * The part that is asked for (RFC 9110, section 14.2), or null for all of it: also where the header is malformed, in
 * another unit, or names several ranges, which a server may ignore; and where `If-Range` (section 13.1.5) names another
 * content. That compares strongly: a weak tag is none, and neither is a date, since none is ever sent.
 *
 * @param size of the content in bytes, at least one
 * @param etag of the content, a strong one
 */
export function rangeOf(
  { range, ifRange }: RangeRequest,
  size: number,
  etag: string,
): ByteRange | 'unsatisfiable' | null {
  if (ifRange !== undefined && ifRange !== etag) return null;
  const [, first = '', last = ''] = ONE_RANGE.exec(range ?? '') ?? [];
  if (first !== '') return between(Number(first), last === '' ? Infinity : Number(last), size);
  return last === '' ? null : suffix(Number(last), size);
}

function between(start: number, end: number, size: number): ByteRange | 'unsatisfiable' | null {
  if (end < start) return null;
  return start < size ? { start, end: Math.min(end, size - 1) } : 'unsatisfiable';
}

function suffix(length: number, size: number): ByteRange | 'unsatisfiable' {
  return length === 0 ? 'unsatisfiable' : { start: Math.max(0, size - length), end: size - 1 };
}
