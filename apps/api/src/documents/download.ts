import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiError } from '../http/api.error.js';
import { isKnown } from '../http/etag.js';
import { rangeOf, type ByteRange } from './byte-range.js';
import type { Document } from './document.entity.js';

/** An extended parameter value (RFC 8187, section 3.2): percent-encoded UTF-8, but for the characters it lets stand. */
export function encodeExtended(text: string): string {
  const encoded = encodeURIComponent(text).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `UTF-8''${encoded}`;
}

/** Which answer a request for content gets. */
export type Selection = 'unchanged' | 'whole' | ByteRange;

/**
 * What is asked of a document's content, in the order of RFC 9110, section 13.2.2. A range counts for GET alone (14.2).
 *
 * @throws ApiError 416, with the size in `Content-Range`
 */
export function selectContent(
  { method, headers }: Pick<FastifyRequest, 'method' | 'headers'>,
  { size, sha256 }: Pick<Document, 'size' | 'sha256'>,
): Selection {
  const etag = etagOf(sha256);
  if (isKnown(headers['if-none-match'], etag)) return 'unchanged';
  if (method !== 'GET') return 'whole';
  const range = rangeOf(
    { range: headers.range, ifRange: headers['if-range']?.toString() },
    size,
    etag,
  );
  if (range === 'unsatisfiable')
    throw new ApiError(416, { headers: { 'Content-Range': `bytes */${size}` } });
  return range ?? 'whole';
}

/** Headers of an answer that says "you have it already" (RFC 9110, section 15.4.5). */
export function setUnchanged(reply: FastifyReply, { sha256 }: Document): void {
  void reply.code(304).header('ETag', etagOf(sha256));
}

/** Headers that make a browser keep a document and never run it; with a range, those of a part of it as well. */
export function setDownload(
  reply: FastifyReply,
  { name, contentType, size, sha256 }: Document,
  range: ByteRange | null,
): void {
  void reply.headers({
    'Accept-Ranges': 'bytes',
    'Content-Type': contentType,
    'Content-Length': range === null ? size : range.end - range.start + 1,
    'Content-Disposition': `attachment; filename*=${encodeExtended(name)}`,
    'Content-Security-Policy': "sandbox; default-src 'none'",
    'X-Content-Type-Options': 'nosniff',
    ETag: etagOf(sha256),
  });
  if (range === null) return;
  void reply.code(206).header('Content-Range', `bytes ${range.start}-${range.end}/${size}`);
}

const etagOf = (sha256: string): string => `"${sha256}"`;
