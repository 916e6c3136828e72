import type { FastifyReply } from 'fastify';
import type { Document } from './document.entity.js';

/** An extended parameter value (RFC 8187, section 3.2): percent-encoded UTF-8, but for the characters it lets stand. */
export function encodeExtended(text: string): string {
  const encoded = encodeURIComponent(text).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `UTF-8''${encoded}`;
}

/** Headers that make a browser keep a document and never run it. */
export function setDownloadHeaders(
  reply: FastifyReply,
  { name, contentType, size, sha256 }: Document,
): void {
  void reply.headers({
    'Content-Type': contentType,
    'Content-Length': size,
    'Content-Disposition': `attachment; filename*=${encodeExtended(name)}`,
    'Content-Security-Policy': "sandbox; default-src 'none'",
    'X-Content-Type-Options': 'nosniff',
    ETag: `"${sha256}"`,
  });
}
