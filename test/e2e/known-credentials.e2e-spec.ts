import { generateMasterKey, type IssuedApiKey } from '@clary/nestjs-auth';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../support/api.js';
import { sendFrom } from '../support/from-address.js';
import { createScratchDatabase, type ScratchDatabase } from '../support/scratch-database.js';
import { StatementWire } from '../support/statement-wire.js';
import { claims, mint, now } from '../support/tokens.js';

const CLARY_MASTER_KEYS = generateMasterKey();

let database: ScratchDatabase;
let wire: StatementWire;
let api: TestApi;
beforeAll(async () => {
  database = await createScratchDatabase();
  wire = await StatementWire.open(database.url);
  const variables = { CLARY_MASTER_KEYS, CLARY_TRUSTED_PROXIES: '127.0.0.1, 10.0.0.0/8' };
  api = await startTestApi({ database: wire.before(database), variables });
});
afterAll(async () => {
  await api.stop();
  await wire.close();
  await database.drop();
});

const tokenOf = ({ key, record }: IssuedApiKey, more: object = {}): string =>
  mint(key, claims('user', more), { kid: record.id });

const tokenWithoutKeyId = ({ key, record }: IssuedApiKey, more: object = {}): string =>
  mint(key, claims(record.accountId, more));

/** By key, by a JWT that names it, and by one that does not. */
const credentialsOf = (issued: IssuedApiKey): string[] => [
  issued.key,
  tokenOf(issued),
  tokenWithoutKeyId(issued),
];

const me = (credential: string): Promise<Response> => api.request('GET', '/v1/me', { credential });

const reasonOf = (answer: Response): unknown =>
  api
    .linesOf(answer.headers.get('x-request-id'))
    .map(({ reason }) => reason)
    .find((reason) => reason !== undefined);

/** Uses the credential until after its end: it is good to the very moment, and not beyond. */
async function expectEnd(credential: string, end: number, reason: string): Promise<void> {
  expect((await me(credential)).status).toBe(200);
  const statements = await wire.during(async () => {
    while (Date.now() < end - 50) {
      const answer = await me(credential);
      if (Date.now() < end) expect(answer.status).toBe(200);
      await sleep(20);
    }
  });
  // It was known all the time: nothing else than its own end told of it.
  expect(statements).toEqual([]);
  while (Date.now() < end) await sleep(1);
  for (let count = 0; count < 3; count += 1) {
    const answer = await me(credential);
    expect([answer.status, reasonOf(answer)]).toEqual([401, reason]);
  }
}

describe('what is known ends', () => {
  it.each([
    ['with the JWT and 30 s, to the second', tokenOf, 0],
    ['with a JWT that names no key, just so', tokenWithoutKeyId, 0],
    ['with a JWT to the fraction of a second', tokenOf, 0.5],
  ])('%s', async (_, mintOne, fraction) => {
    const issued = await api.issueKey();
    await database.settle();
    const exp = now() - 28 + fraction;
    const token = mintOne(issued, { iat: exp - 60, exp });
    await expectEnd(token, (exp + 30) * 1000, 'token_expired');
    // The key itself goes on.
    expect((await me(issued.key)).status).toBe(200);
  });

  it('with the key, to the millisecond', async () => {
    const expiresAt = new Date(Date.now() + 2000);
    const issued = await api.issueKey({ expiresAt });
    await database.settle();
    await expectEnd(issued.key, expiresAt.getTime(), 'key_expired');
    expect(reasonOf(await me(tokenOf(issued)))).toBe('key_expired');
  });

  it('with the key, for a JWT that would live on', async () => {
    const expiresAt = new Date(Date.now() + 2000);
    const issued = await api.issueKey({ expiresAt });
    await database.settle();
    await expectEnd(tokenOf(issued), expiresAt.getTime(), 'key_expired');
  });
});

describe('what is known and bound to an address, asked through proxies', () => {
  it.each<[string, string[]]>([
    ['nobody but the proxy', []],
    ['another client', ['198.51.100.1']],
    ['another client that names the right one first', ['192.0.2.7, 198.51.100.1']],
    ['another client that names it on a line of its own', ['192.0.2.7', '198.51.100.1']],
    ['another client behind two proxies', ['192.0.2.7, 198.51.100.1, 10.0.0.5']],
    ['a proxy that knows nothing', ['unknown']],
    ['an empty hop', ['192.0.2.7,']],
    ['a proxy alone', ['10.0.0.5']],
  ])('is refused from %s, between two good uses', async (_, forwardedFor) => {
    const issued = await api.issueKey({ allowedIps: ['192.0.2.7'] });
    const url = `${api.url}/v1/me`;
    for (const credential of credentialsOf(issued)) {
      const good = { credential, forwardedFor: ['192.0.2.7, 10.0.0.5'] };
      for (const [sender, status] of [
        [good, 200],
        [{ credential, forwardedFor }, 401],
        [{ credential, forwardedFor }, 401],
        [good, 200],
        [{ ...good, from: '127.0.0.2' }, 401],
        [good, 200],
      ] as const) {
        expect((await sendFrom(url, sender)).status).toBe(status);
      }
    }
  });
});

describe('what is known in one environment', () => {
  it('is refused in the other, on the same database, first and ever after', async () => {
    const issued = await api.issueKey();
    const variables = { CLARY_MASTER_KEYS, CLARY_ENVIRONMENT: 'staging' };
    const staging = await startTestApi({ database, variables });
    try {
      for (const credential of credentialsOf(issued)) {
        for (let count = 0; count < 3; count += 1) {
          expect((await me(credential)).status).toBe(200);
          expect((await staging.request('GET', '/v1/me', { credential })).status).toBe(401);
        }
      }
    } finally {
      await staging.stop();
    }
  });

  it('is refused as soon as its key is moved to the other by hand', async () => {
    const issued = await api.issueKey();
    const credentials = credentialsOf(issued);
    for (const credential of credentials) expect((await me(credential)).status).toBe(200);
    const move = `UPDATE auth_api_keys SET environment = 'staging' WHERE id = $1`;
    await database.query(move, [issued.record.id]);
    for (const credential of credentials) expect((await me(credential)).status).toBe(401);
  });
});

describe('accounts that call at the same time', () => {
  it('are never taken for each other, while their rights change under them', async () => {
    const [one, other] = [await api.issueKey(), await api.issueKey()];
    const callers = [one, other].flatMap((issued) =>
      credentialsOf(issued).map((credential, at) => ({
        credential,
        subject: [null, 'user', issued.record.accountId][at],
        account_id: issued.record.accountId,
        key_id: issued.record.id,
        method: at === 0 ? 'api_key' : 'jwt',
      })),
    );
    const tiers = ['standard', 'professional', 'lite'];
    for (let round = 0; round < 5; round += 1) {
      const requests = Array.from({ length: 200 }, async (_, at) => {
        const { credential, ...expected } = callers[at % callers.length] as (typeof callers)[0];
        const answer = await me(credential);
        expect([answer.status, await answer.json()]).toEqual([
          200,
          expect.objectContaining(expected),
        ]);
      });
      const changes = [one, other].map(({ record }, at) =>
        database.query('UPDATE auth_api_keys SET tier = $1 WHERE id = $2', [
          tiers[(round + at) % 3],
          record.id,
        ]),
      );
      await Promise.all([...requests, ...changes]);
      // What was changed counts for whoever asks afterwards, each for its own.
      for (const [at, issued] of [one, other].entries()) {
        for (const credential of credentialsOf(issued)) {
          expect(await (await me(credential)).json()).toMatchObject({
            tier: tiers[(round + at) % 3],
            account_id: issued.record.accountId,
          });
        }
      }
    }
  });
});
