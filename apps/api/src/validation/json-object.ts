import { isName, NAME_RULE } from '@clary/nestjs-auth';
import { z } from 'zod';

const MAX_DEPTH = 64;

/** What PostgreSQL refuses in text and jsonb: NUL, and half a surrogate pair. */
const isStorable = (text: string): boolean => !text.includes('\0') && text.isWellFormed();

/** Why a JSON value cannot be kept as it is, or null. Iterative: a body can nest deeper than the stack. */
function problemOf(root: unknown): string | null {
  const open: [unknown, number][] = [[root, 0]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [value, depth] = next;
    if (depth > MAX_DEPTH) return `must not nest deeper than ${MAX_DEPTH}`;
    const problem = problemOfOne(value);
    if (problem !== null) return problem;
    if (typeof value !== 'object' || value === null) continue;
    for (const [name, member] of Object.entries(value))
      open.push([name, depth], [member, depth + 1]);
  }
  return null;
}

/** The same for one value, its members aside. */
function problemOfOne(value: unknown): string | null {
  if (typeof value === 'string' && !isStorable(value))
    return 'must be well-formed Unicode without NUL';
  if (typeof value === 'number' && !Number.isFinite(value))
    return 'must hold no number beyond the range of a double';
  // A member of this name is lost on the way; JSON bodies that have one are refused by Fastify already.
  if (typeof value === 'object' && value !== null && Object.hasOwn(value, '__proto__'))
    return 'must have no member called __proto__';
  return null;
}

/** Any JSON value that the database gives back as it was. */
export const jsonValue = z.unknown().superRefine((value, context) => {
  const message = problemOf(value);
  if (message !== null) context.addIssue({ code: 'custom', message });
});

/** Any JSON object that the database gives back as it was. */
export const jsonObject = z
  .record(z.string(), z.unknown())
  .and(jsonValue)
  .meta({ description: `Any JSON object, at most ${MAX_DEPTH} levels deep.` }) as z.ZodType<
  Record<string, unknown>
>;

/** A name: 1 to 100 characters, no control characters. */
export const nameText = z
  .string()
  .refine(isName, NAME_RULE)
  // The same for those who read JSON Schema; spelt out, since not every reader of patterns knows \\p{Cc}.
  .meta({ minLength: 1, maxLength: 100, pattern: '^[^\\u0000-\\u001f\\u007f-\\u009f]*$' });
