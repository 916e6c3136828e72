import { z } from 'zod';

/** A time as every answer writes it: UTC, with milliseconds (RFC 3339). */
export const timestamp = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/)
  .meta({ format: 'date-time', examples: ['2026-01-31T09:30:00.000Z'] });

/** A public id: prefix and 16 base62 characters. */
export function identifier(prefix: string) {
  return z
    .string()
    .regex(new RegExp(`^${prefix}_[0-9A-Za-z]{16}$`), `must be ${prefix}_ and 16 letters or digits`)
    .meta({ examples: [`${prefix}_4fTq8ZpL0sWx2Yb7`] });
}

/** The answer to the deletion of a resource. */
export function confirmation<Message extends string>(message: Message) {
  return z.strictObject({ success: z.literal(true), message: z.literal(message) });
}
