import fc from 'fast-check';
import { Agent, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claims, mint } from '../support/tokens.js';
import { mutation } from './mutation.js';
import { startExpressTarget, startFastifyTarget, type Target } from './targets.js';

/** `npm run attack` sends ten times as many; a failure prints the seed and the path that repeat it. */
const RUNS = Number(process.env['ATTACK_RUNS'] ?? 10_000);
const SEED = Number(process.env['ATTACK_SEED'] ?? 20_260_101);

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
      mint(key, claims('user', { exp: Math.floor(Date.now() / 1000) + 3000 }), { kid: record.id }),
      mint(key, claims('user', { iss: record.id })),
      mint(key, claims(record.accountId, { tier: 'lite', scope: 'documents:read' })),
    ];
  };

  it(
    `is not entered with any of ${RUNS} changes to good keys and tokens`,
    { timeout: 600_000 },
    async () => {
      const headers = goodCredentials().map((credential) => `Bearer ${credential}`);
      const which = fc.integer({ min: 0, max: headers.length - 1 });
      const changes = fc.array(mutation, { minLength: 1, maxLength: 4 });
      const neverEnters = fc.asyncProperty(which, changes, async (index, mutations) => {
        const good = headers[index] as string;
        const changed = mutations.reduce((text, mutate) => mutate(text), good);
        fc.pre(meaning(changed) !== meaning(good) && changed.length < 8000);
        expect(await send(changed)).toBe(401);
      });
      await fc.assert(neverEnters, { numRuns: RUNS, seed: SEED });
      for (const good of goodCredentials()) expect(await send(`Bearer ${good}`)).toBe(200);
    },
  );
});
