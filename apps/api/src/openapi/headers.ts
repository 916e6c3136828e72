import type { HeaderObject, HeadersObject } from '@nestjs/swagger';

/** Headers of answers, each described once. */
const HEADERS = {
  'Accept-Ranges': {
    description: 'Parts can be asked for (RFC 9110, section 14.3).',
    schema: { type: 'string', enum: ['bytes'] },
  },
  'Cache-Control': {
    description:
      'Who may keep the answer (RFC 9111): everything that a credential gives is `private`.',
    schema: { type: 'string' },
    example: 'private',
  },
  'Content-Disposition': {
    description: 'A download, with the name of the document (RFC 6266, RFC 8187).',
    schema: { type: 'string', pattern: '^attachment; filename\\*=' },
    example: "attachment; filename*=UTF-8''report.pdf",
  },
  'Content-Range': {
    description: 'Which part of how many bytes this is (RFC 9110, section 14.4).',
    schema: { type: 'string', pattern: '^bytes (\\d+-\\d+|\\*)/\\d+$' },
    example: 'bytes 0-1023/48213',
  },
  'Content-Security-Policy': {
    description: 'What a browser may run and load.',
    schema: { type: 'string' },
    example: "sandbox; default-src 'none'",
  },
  ETag: {
    description: 'A strong tag of the content (RFC 9110, section 8.8.3), its SHA-256.',
    schema: { type: 'string', pattern: '^"[0-9a-f]{64}"$' },
    example: '"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"',
  },
  'Idempotency-Replayed': {
    description:
      'There only if the request was carried out before, under the same `Idempotency-Key`: this is the answer of that time, without the key.',
    required: false,
    schema: { type: 'string', enum: ['true'] },
  },
  Location: {
    description: 'Path of what was made.',
    schema: { type: 'string', format: 'uri-reference', pattern: '^/v1/' },
    example: '/v1/documents/doc_4fTq8ZpL0sWx2Yb7',
  },
  'Referrer-Policy': {
    description: 'A browser must not tell other sites where it comes from.',
    schema: { type: 'string', enum: ['no-referrer'] },
  },
  'Retry-After': {
    description: 'Seconds to wait before the request is sent again.',
    schema: { type: 'string', pattern: '^[1-9][0-9]*$' },
    example: '1',
  },
  'WWW-Authenticate': {
    description:
      'What is wrong with the credential, or what it lacks (RFC 6750, section 3): `error`, with 401 perhaps `error_description`, with 403 `scope` and `tier`.',
    schema: { type: 'string', pattern: '^Bearer realm="clary"' },
    example: 'Bearer realm="clary", error="insufficient_scope", scope="documents:read"',
  },
  'X-Content-Type-Options': {
    description: 'A browser must not guess another type.',
    schema: { type: 'string', enum: ['nosniff'] },
  },
  'X-Request-Id': {
    description:
      'The id of the request in our log; yours, if you sent one of at most 64 letters, digits, dots, hyphens and underscores.',
    schema: { type: 'string', pattern: '^[A-Za-z0-9._-]{1,64}$' },
    example: 'req_4fTq8ZpL0sWx2Yb7',
  },
} satisfies Record<string, HeaderObject>;

/** A header that answers may have. */
export type HeaderName = keyof typeof HEADERS;

/** Every header, for the components of the document. Where an answer names one, it has it, unless said otherwise. */
export function headerComponents(): Record<HeaderName, HeaderObject> {
  const entries = Object.entries(HEADERS).map(([name, header]) => [
    name,
    { required: true, ...header },
  ]);
  return Object.fromEntries(entries) as Record<HeaderName, HeaderObject>;
}

/** The headers of one answer; each has its request id. */
export function headersOf(names: readonly HeaderName[] = []): HeadersObject {
  return Object.fromEntries(
    (['X-Request-Id', ...names] as const).map((name) => [
      name,
      { $ref: `#/components/headers/${name}` },
    ]),
  );
}
