import { parseArgs } from 'node:util';

/** What a flood is made of. */
export interface FloodOptions {
  /** How many keys are sent, each once. */
  readonly keys: number;
}

export const USAGE = `npm run bench:flood -- [options]
  --keys <n>        keys that nobody knows (1000000)
DATABASE_URL names a PostgreSQL server to use instead of an embedded one.`;

/** @throws Error that says which argument is wrong */
export function readOptions(args: readonly string[]): FloodOptions {
  const { values } = parseArgs({
    args: [...args],
    options: { keys: { type: 'string', default: '1000000' } },
  });
  const keys = Number(values.keys);
  if (!Number.isInteger(keys) || keys < 1)
    throw new RangeError('--keys must be a positive whole number');
  return { keys };
}
