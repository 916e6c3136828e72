import fc from 'fast-check';
import { Agent, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claims, mint } from '../support/tokens.js';
import { startExpressTarget, startFastifyTarget, type Target } from './targets.js';

/** `npm run attack` sends ten times as many; a failure prints the seed and the path that repeat it. */
const RUNS = Number(process.env['ATTACK_RUNS'] ?? 10_000);
const SEED = Number(process.env['ATTACK_SEED'] ?? 20_260_101);

/** One change to a text, at a place given as a share of its length. */
type Mutation = (text: string) => string;

/** What a header may carry: no control character but the tab, nothing beyond Latin-1. */
const character = fc.oneof(
  fc.constantFrom(...Array.from('.=-_+/ \t,;:"\'%0aZ{}')),
  fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
  fc.integer({ min: 0x80, max: 0xff }).map((code) => String.fromCharCode(code)),
);

const place = fc.double({ min: 0, max: 1, noNaN: true });

const cut = (text: string, share: number): [string, string] => {
  const at = Math.floor(share * text.length);
  return [text.slice(0, at), text.slice(at)];
};

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(place, character).map(
    ([share, added]): Mutation =>
      (text) =>
        cut(text, share).join(added),
  ),
  fc.tuple(place, character).map(([share, other]): Mutation => (text) => {
    const [head, tail] = cut(text, share);
    return head + other + tail.slice(1);
  }),
  fc.tuple(place, fc.integer({ min: 1, max: 40 })).map(([share, length]): Mutation => (text) => {
    const [head, tail] = cut(text, share);
    return head + tail.slice(length);
  }),
  fc.tuple(place, place).map(([from, to]): Mutation => (text) => {
    const [head, tail] = cut(text, from);
    const [doubled] = cut(tail, to);
    return head + doubled + tail;
  }),
  place.map(
    (share): Mutation =>
      (text) =>
        cut(text, share).reverse().join(''),
  ),
  place.map((share): Mutation => (text) => {
    const [head, tail] = cut(text, share);
    return head + tail.replace(/[a-z]/g, (letter) => letter.toUpperCase());
  }),
  place.map((share): Mutation => (text) => {
    const [head, tail] = cut(text, share);
    return head + tail.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  }),
  fc
    .array(fc.integer({ min: 0, max: 2 }), { minLength: 2, maxLength: 4 })
    .map((order): Mutation => (text) => {
      const segments = text.split('.');
      return order.map((at) => segments[at] ?? '').join('.');
    }),
);

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
