import { ApiKeyAuthenticator, AuthSettings, Refusal } from '@clary/nestjs-auth';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../support/api.js';
import { tallyStatuses } from '../support/many-requests.js';
import { claims, mint } from '../support/tokens.js';

/** Credentials that are judged at a time. */
const WAVE = 2000;

/** What the memory of refusals holds at most is full by then. */
const WARM_UP = 20_000;
const FLOOD = 100_000;

/** Bytes. With one entry kept of each, were it the smallest of all, it would be more. */
const GROWTH = 5 * 2 ** 20;
/** Bytes, the warm-up included. */
const TOTAL = 50 * 2 ** 20;

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const unknownKeys = (count: number): string[] => {
  const { format } = api.get(AuthSettings);
  return Array.from({ length: count }, () => format.generate('development').key);
};

/** Bytes of the heap that are in use, once everything is collected that nobody holds. */
function usedHeap(): number {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  gc();
  gc();
  return getHeapStatistics().used_heap_size;
}

/** Has the authenticator judge as many credentials, each for the first time. */
async function flood(count: number, make: (count: number) => string[]): Promise<void> {
  const authenticator = api.get(ApiKeyAuthenticator);
  for (let sent = 0; sent < count; sent += WAVE) {
    const judged = make(WAVE).map((credential) =>
      (credential.includes('.')
        ? authenticator.authenticateToken(credential, () => null)
        : authenticator.authenticateKey(credential, () => null)
      ).then(
        () => 'accepted',
        (error: unknown) => (error instanceof Refusal ? error.reason : String(error)),
      ),
    );
    const reasons = new Set(await Promise.all(judged));
    expect([...reasons].filter((reason) => !EXPECTED.has(reason))).toEqual([]);
  }
}

const EXPECTED = new Set(['unknown_key', 'unknown_account', 'wrong_signature']);

describe(
  'a flood of credentials that are unknown, and each another one',
  { timeout: 300_000 },
  () => {
    it.each<[string, (count: number) => string[]]>([
      ['keys of the right form', unknownKeys],
      [
        'JWTs under key ids of the right form',
        (count) =>
          unknownKeys(count).map((key) =>
            mint(key, claims('user'), { kid: `key_${String(key.split('_')[2])}` }),
          ),
      ],
      [
        'JWTs of accounts of the right form',
        (count) =>
          unknownKeys(count).map((key) => mint(key, claims(`acct_${String(key.split('_')[2])}`))),
      ],
    ])('leaves nothing in memory: %s', async (_, make) => {
      const atFirst = usedHeap();
      await flood(WARM_UP, make);
      const before = usedHeap();
      await flood(FLOOD, make);
      const after = usedHeap();
      expect(after - before).toBeLessThan(GROWTH);
      expect(after - atFirst).toBeLessThan(TOTAL);
    });

    it('leaves nothing of forged JWTs under an id that is known', async () => {
      const { key, record } = await api.issueKey();
      let jti = 0;
      const make = (count: number): string[] =>
        Array.from({ length: count }, () =>
          mint(`${key}x`, claims('user', { jti: (jti += 1) }), { kid: record.id }),
        );
      const atFirst = usedHeap();
      await flood(WARM_UP, make);
      const before = usedHeap();
      await flood(FLOOD, make);
      expect(usedHeap() - before).toBeLessThan(GROWTH);
      expect(usedHeap() - atFirst).toBeLessThan(TOTAL);
    });

    it('keeps nobody else out, whether known already or not', async () => {
      const known = await api.issueKey();
      const others = await Promise.all(Array.from({ length: 50 }, () => api.issueKey()));
      await tallyStatuses(api.url, [known.key]);
      const flooding = tallyStatuses(api.url, unknownKeys(10_000), 200);
      const progress = { isOver: false };
      void flooding.finally(() => (progress.isOver = true));
      const statuses = new Set<number>();
      let asked = 0;
      while (!progress.isOver) {
        const other = others[asked % others.length] ?? known;
        asked += 1;
        const credentials = [
          known.key,
          mint(known.key, claims('user', { jti: asked }), { kid: known.record.id }),
          other.key,
          mint(other.key, claims(other.record.accountId)),
        ];
        for (const status of Object.keys(await tallyStatuses(api.url, credentials)))
          statuses.add(Number(status));
      }
      expect(await flooding).toEqual({ 401: 10_000 });
      expect(asked).toBeGreaterThan(0);
      expect([...statuses]).toEqual([200]);
    });
  },
);
