import { createHash } from 'node:crypto';
import type { ScratchDatabase } from './scratch-database.js';

/** A text in which no secret may stand, and where it comes from. */
export interface ScannedText {
  readonly from: string;
  readonly text: string;
}

/** A column's value: text as it is, bytes as bytes. */
export interface StoredValue {
  readonly column: string;
  readonly value: string | Buffer;
}

/** Below this many characters a credential of a test is a distortion that may stand anywhere by chance. */
const SHORTEST_SECRET = 40;

/** What nobody but the holder of an API key may know, in every spelling: the key, its secret part, its digest. */
export function secretsOfKey(key: string): string[] {
  const digest = createHash('sha256').update(key).digest();
  const spellings = (['hex', 'base64', 'base64url'] as const).map((to) => digest.toString(to));
  const [, , , secretPart = key] = key.split('_');
  return [key, secretPart, ...spellings];
}

/** What nobody but the sender of a JWT may know: the token, and its signature by itself. */
export function secretsOfToken(token: string): string[] {
  return [token, token.split('.')[2] ?? ''].filter((text) => text.length >= SHORTEST_SECRET);
}

/**
 * Where secrets stand that should not.
 *
 * @returns one line for each text that holds one; never the secret itself
 */
export function findLeaks(secrets: Iterable<string>, texts: readonly ScannedText[]): string[] {
  const sought = [...secrets];
  // Each text is gone over once, however many secrets there are: a table of attacks makes thousands of both.
  const width = Math.min(...sought.map(({ length }) => length));
  const starts = new Set(sought.map((secret) => secret.slice(0, width)));
  const beginsAt = (text: string, at: number): boolean =>
    starts.has(text.slice(at, at + width)) && sought.some((secret) => text.startsWith(secret, at));
  return texts
    .filter(({ text }) => {
      for (let at = 0; at + width <= text.length; at += 1) if (beginsAt(text, at)) return true;
      return false;
    })
    .map(({ from }) => from);
}

/** Every text and every bytea of every table, elements of arrays and members of JSON included. */
export async function storedValues(
  database: Pick<ScratchDatabase, 'query'>,
): Promise<StoredValue[]> {
  const tables = await database.query<{ name: string }>(
    `SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public'`,
  );
  const found = await Promise.all(
    tables.map(async ({ name }) => {
      const rows = await database.query<Record<string, unknown>>(`SELECT * FROM ${name}`);
      return rows.flatMap((row) =>
        Object.entries(row).flatMap(([column, value]) =>
          leaves(value).map((leaf) => ({ column: `${name}.${column}`, value: leaf })),
        ),
      );
    }),
  );
  return found.flat();
}

/** Stored values as texts to scan; bytes in the spellings in which a secret is sought. */
export function asTexts(values: readonly StoredValue[]): ScannedText[] {
  return values.flatMap(({ column, value }) =>
    spellings(value).map((text) => ({ from: column, text })),
  );
}

/** A stored value as texts: bytes as hex, base64, base64url and, since they may be text, as they are. */
export function spellings(value: string | Buffer): string[] {
  if (typeof value === 'string') return [value];
  return (['hex', 'base64', 'base64url', 'latin1'] as const).map((to) => value.toString(to));
}

function leaves(value: unknown): (string | Buffer)[] {
  if (typeof value === 'string' || Buffer.isBuffer(value)) return [value];
  if (value === null || typeof value !== 'object' || value instanceof Date) return [];
  return Object.entries(value).flatMap(([name, member]) =>
    Array.isArray(value) ? leaves(member) : [name, ...leaves(member)],
  );
}
