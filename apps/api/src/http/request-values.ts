import { z } from 'zod';
import { jsonObject } from '../validation/json-object.js';

const MAX_METADATA = 16 * 1024;

/** A JSON object of the caller's own, at most 16 KB as JSON. */
export const metadataObject = jsonObject.refine(
  (value) => Buffer.byteLength(JSON.stringify(value)) <= MAX_METADATA,
  'must not be larger than 16 KB',
);

/** A time as clients write it (RFC 3339), with any offset; in UTC it must have a year of four digits as well. */
export const time = z.iso
  .datetime({ offset: true, message: 'must be a time such as 2026-01-31T09:30:00.000Z' })
  .transform((text) => new Date(text))
  .refine((date) => /^\d{4}-/.test(date.toISOString()), 'must be within the years 0000 to 9999');

/** An id that something is sought by. PostgreSQL refuses NUL in a text, even to compare with. */
export const soughtId = z.string().regex(/^[\x20-\x7e]{0,100}$/, 'must be an id');

/** A list of so many items, of which each value counts once. */
export function distinct<Item extends z.ZodType>(item: Item, least: number, most: number) {
  return z
    .array(item)
    .min(least, `must have at least ${least} item`)
    .max(most, `must have at most ${most} items`)
    .transform((items) => [...new Set(items)]);
}
