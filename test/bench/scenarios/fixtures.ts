import type { HeldAccount, HeldKey, IssuePlan } from '../server/messages.js';

/** How many credentials take turns where they are used again. */
export const IN_ROTATION = 1000;

/** How many keys an account has where a JWT names none: up to as many as the library tries. */
export const CANDIDATES = [1, 5, 20];

/** What is in the database, made once for all scenarios. */
export interface Fixtures {
  /** 10,000 keys of 100 accounts. */
  readonly keys: readonly HeldKey[];
  /** Accounts by how many keys each has. */
  readonly accounts: ReadonlyMap<number, readonly HeldAccount[]>;
  /** Well-formed keys that the database does not know. */
  readonly unknownKeys: readonly HeldKey[];
  /** Keys made in all, and how long that took. */
  readonly made: { readonly keys: number; readonly seconds: number };
}

/** @param issue makes accounts with keys */
export async function makeFixtures(
  issue: (plan: IssuePlan) => Promise<readonly HeldAccount[]>,
): Promise<Fixtures> {
  const start = performance.now();
  const keys = keysOf(await issue({ accounts: 100, keysEach: 100 }));
  const unknownKeys = keysOf(
    await issue({ accounts: 10, keysEach: IN_ROTATION / 10, forget: true }),
  );
  const accounts = new Map<number, readonly HeldAccount[]>();
  for (const keysEach of CANDIDATES) {
    accounts.set(keysEach, await issue({ accounts: 50, keysEach }));
  }
  const candidates = [...accounts.values()].flatMap(keysOf);
  const count = keys.length + unknownKeys.length + candidates.length;
  const seconds = (performance.now() - start) / 1000;
  return { keys, accounts, unknownKeys, made: { keys: count, seconds } };
}

function keysOf(accounts: readonly HeldAccount[]): HeldKey[] {
  return accounts.flatMap(({ keys }) => keys);
}
