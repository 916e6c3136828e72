import fc from 'fast-check';
import { Agent, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claims, mint, now } from '../support/tokens.js';
import { mutation } from './mutation.js';
import { startExpressTarget, startFastifyTarget, type Target } from './targets.js';

/** `npm run attack` sends ten times as many; a failure prints the seed and the path that repeat it. */
const RUNS = Number(process.env['ATTACK_RUNS'] ?? 10_000);
const SEED = Number(process.env['ATTACK_SEED'] ?? 20_260_101);

/** Milliseconds after which good credentials are used again, so that they are in memory all the time. */
const KEPT_KNOWN_BY = 2000;

/** A header that means the same: the scheme in other letters, blanks around it that HTTP takes away. */
const meaning = (header: string): string =>
  header.replace(/^[ \t]+|[ \t]+$/g, '').replace(/^bearer /i, 'Bearer ');

describe.each<[string, () => Promise<Target>]>([
  ['the API on Fastify', startFastifyTarget],
  ['a foreign application on Express', startExpressTarget],
])('%s', (_, start) => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let target: Target;
  beforeAll(async () => {
    target = await start();
  });
  afterAll(async () => {
    agent.destroy();
    await target.stop();
  });

  const send = (authorization: string): Promise<number> =>
    new Promise((resolve, reject) => {
      const sent = request(
        `${target.url}/v1/me`,
        { agent, headers: { authorization } },
        (answer) => {
          answer.resume().on('end', () => resolve(answer.statusCode ?? 0));
        },
      );
      sent.on('error', reject).end();
    });

  const goodCredentials = (): string[] => {
    const { key, record } = target.arsenal.mine;
    return [
      key,
      mint(key, claims('user', { exp: now() + 3000 }), { kid: record.id }),
      mint(key, claims('user', { exp: now() + 3000, iss: record.id })),
      mint(
        key,
        claims(record.accountId, { exp: now() + 3000, tier: 'lite', scope: 'documents:read' }),
      ),
    ];
  };

  it(
    `is not entered with any of ${RUNS} changes to good keys and tokens`,
    { timeout: 600_000 },
    async () => {
      const headers = goodCredentials().map((credential) => `Bearer ${credential}`);
      let used = -Infinity;
      const useGood = async (): Promise<void> => {
        if (performance.now() - used < KEPT_KNOWN_BY) return;
        for (const good of headers) expect(await send(good)).toBe(200);
        used = performance.now();
      };
      const which = fc.integer({ min: 0, max: headers.length - 1 });
      const changes = fc.array(mutation, { minLength: 1, maxLength: 4 });
      const neverEnters = fc.asyncProperty(which, changes, async (index, mutations) => {
        const good = headers[index] as string;
        const changed = mutations.reduce((text, mutate) => mutate(text), good);
        fc.pre(meaning(changed) !== meaning(good) && changed.length < 8000);
        await useGood();
        // The second answer may come from memory.
        expect([await send(changed), await send(changed)]).toEqual([401, 401]);
      });
      await fc.assert(neverEnters, { numRuns: RUNS, seed: SEED });
      for (const good of goodCredentials()) expect(await send(`Bearer ${good}`)).toBe(200);
    },
  );
});
