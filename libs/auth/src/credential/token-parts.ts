import { isUtf8 } from 'node:buffer';
import type { JsonObject } from './json-object.js';

/** Stands for a segment that is no JSON object. It has no members, so that no rule takes it for a good one. */
export const UNREADABLE: JsonObject = Object.freeze({});

/** Stands for a segment that is not in the one spelling of base64url. */
const NOTHING = Buffer.alloc(0);

/** A text taken apart as a JWT in compact form (RFC 7515, section 7.1). Nothing of it is judged. */
export interface TokenParts {
  /** How many segments there are between the dots. */
  readonly segments: number;
  /** Members of the first segment, or `UNREADABLE`. */
  readonly header: JsonObject;
  /** Members of the second segment, or `UNREADABLE`. */
  readonly payload: JsonObject;
  /** The third segment, decoded; empty where it is no base64url. */
  readonly signature: Buffer;
  /** Header and payload segments as received, with the dot between them: what the signature covers. */
  readonly signingInput: string;
}

/** Takes a text apart. Segments count in canonical base64url (RFC 4648, section 5), JSON in UTF-8 without a mark. */
export function splitToken(token: string): TokenParts {
  const segments = token.split('.');
  const [header = '', payload = '', signature = ''] = segments;
  return {
    segments: segments.length,
    header: parseObject(header),
    payload: parseObject(payload),
    signature: decodeSegment(signature),
    signingInput: token.slice(0, header.length + 1 + payload.length),
  };
}

/** Decodes base64url in its one canonical spelling, which is what encoding gives; empty for any other. */
function decodeSegment(segment: string): Buffer {
  const bytes = Buffer.from(segment, 'base64url');
  return bytes.toString('base64url') === segment ? bytes : NOTHING;
}

function parseObject(segment: string): JsonObject {
  const bytes = decodeSegment(segment);
  if (!isUtf8(bytes)) return UNREADABLE;
  try {
    const value: unknown = JSON.parse(bytes.toString());
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as JsonObject;
  } catch {
    // One answer for everything that is no JSON object: the text may hold anything and goes nowhere.
  }
  return UNREADABLE;
}
