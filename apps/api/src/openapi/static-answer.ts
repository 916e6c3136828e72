import { StreamableFile } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { isKnown } from '../http/etag.js';
import type { HeaderName } from './headers.js';

/** Something that stays the same while the process runs. */
export interface StaticContent {
  /** Media type. */
  readonly type: string;
  readonly bytes: Buffer;
  readonly etag: string;
}

/** Prepares what is to be served. */
export function staticContent(type: string, content: string | Buffer): StaticContent {
  const bytes = Buffer.from(content as string);
  const etag = `"${createHash('sha256').update(bytes).digest('hex')}"`;
  return { type, bytes, etag };
}

/** Headers of every static answer. */
export const STATIC_HEADERS: readonly HeaderName[] = [
  'Cache-Control',
  'ETag',
  'Referrer-Policy',
  'X-Content-Type-Options',
];

/**
 * Sends it, or 304 to who has it already (RFC 9110, section 13.1.2). It may be kept by everybody, and is asked for again
 * each time, since it changes with the version.
 *
 * @returns the body
 */
export function sendStatic(
  { headers }: FastifyRequest,
  reply: FastifyReply,
  { type, bytes, etag }: StaticContent,
): Buffer | StreamableFile {
  void reply.headers({
    'Cache-Control': 'public, no-cache',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    ETag: etag,
  });
  if (isKnown(headers['if-none-match'], etag)) {
    void reply.code(304);
    // Not undefined: Fastify would tell a HEAD request that there are no bytes.
    return new StreamableFile(Readable.from([]), { type });
  }
  void reply.type(type);
  return bytes;
}
