import { AuthSettings, type IssuedApiKey } from '@clary/nestjs-auth';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../support/api.js';
import { sendFrom } from '../support/from-address.js';
import { tallyStatuses } from '../support/many-requests.js';
import { createScratchDatabase, type ScratchDatabase } from '../support/scratch-database.js';
import { StatementWire } from '../support/statement-wire.js';
import { claims, mint } from '../support/tokens.js';

/** Milliseconds that a refusal is remembered at most. */
const REFUSED_FOR = 1000;

let database: ScratchDatabase;
let wire: StatementWire;
let api: TestApi;
beforeAll(async () => {
  database = await createScratchDatabase();
  wire = await StatementWire.open(database.url);
  api = await startTestApi({ database: wire.before(database) });
});
afterAll(async () => {
  await api.stop();
  await wire.close();
  await database.drop();
});

/** A key that nothing is known of yet, and of which no notice is under way any more. */
async function issue(request?: Parameters<TestApi['issueKey']>[0]): Promise<IssuedApiKey> {
  const issued = await api.issueKey(request);
  await database.settle();
  return issued;
}

const tokenOf = ({ key, record }: IssuedApiKey, more: object = {}): string =>
  mint(key, claims('user', more), { kid: record.id });

const tokenWithoutKeyId = ({ key, record }: IssuedApiKey, more: object = {}): string =>
  mint(key, claims(record.accountId, more));

const times = <Item>(count: number, make: (at: number) => Item): Item[] =>
  Array.from({ length: count }, (_, at) => make(at));

const tally = (credentials: readonly string[], connections?: number) =>
  tallyStatuses(api.url, credentials, connections);

const unknownKey = (): string => api.get(AuthSettings).format.generate('development').key;

describe('of a credential that is known', () => {
  it.each<[string, (issued: IssuedApiKey, at: number) => string]>([
    ['an API key', ({ key }) => key],
    ['a JWT first seen whose key is known', (issued, at) => tokenOf(issued, { jti: at })],
    [
      'a JWT first seen that names no key, whose account is known',
      (issued, at) => tokenWithoutKeyId(issued, { jti: at }),
    ],
  ])('a thousand requests ask the database nothing: %s', async (_, credentialOf) => {
    const issued = await issue();
    const credentials = times(1000, (at) => credentialOf(issued, at));
    expect(await tally([credentialOf(issued, -1)])).toEqual({ 200: 1 });
    const statements = await wire.during(async () => {
      expect(await tally(credentials)).toEqual({ 200: 1000 });
    });
    expect(statements).toEqual([]);
  });

  it.each([
    ['that names its key', tokenOf],
    ['that names none', tokenWithoutKeyId],
  ])('a JWT %s, repeated, asks nothing', async (_, mintOne) => {
    const token = mintOne(await issue());
    expect(await tally([token])).toEqual({ 200: 1 });
    const statements = await wire.during(async () => {
      expect(await tally(times(1000, () => token))).toEqual({ 200: 1000 });
    });
    expect(statements).toEqual([]);
  });

  it('a refusal for want of rights asks nothing', async () => {
    const { key } = await issue({ permissions: [] });
    expect((await api.request('GET', '/v1/me', { credential: key })).status).toBe(200);
    const statements = await wire.during(async () => {
      const answer = await api.request('GET', '/v1/api-keys', { credential: key });
      expect(answer.status).toBe(403);
    });
    expect(statements).toEqual([]);
  });

  it('an address from which it may not be used asks nothing, and disturbs nobody', async () => {
    const issued = await issue({ allowedIps: ['127.0.0.1'] });
    const url = `${api.url}/v1/me`;
    for (const credential of [issued.key, tokenOf(issued)]) {
      expect((await sendFrom(url, { from: '127.0.0.1', credential })).status).toBe(200);
      const statements = await wire.during(async () => {
        for (const from of ['127.0.0.2', '127.0.0.1', '127.0.0.3', '127.0.0.2', '127.0.0.1']) {
          const { status, challenge } = await sendFrom(url, { from, credential });
          expect([from, status]).toEqual([from, from === '127.0.0.1' ? 200 : 401]);
          if (status === 401) expect(challenge).toContain('may not be used from this address');
        }
      });
      expect(statements).toEqual([]);
    }
  });

  it('what is asked is one query, however many use it for the first time at once', async () => {
    for (const credentialOf of [({ key }: IssuedApiKey) => key, tokenOf, tokenWithoutKeyId]) {
      const issued = await issue();
      const credentials = times(1000, (at) => credentialOf(issued, { jti: at % 2 }));
      const statements = await wire.during(async () => {
        expect(await tally(credentials, 1000)).toEqual({ 200: 1000 });
      });
      expect(statements).toEqual([expect.stringMatching(/FROM "auth_(?:api_keys|accounts)"/)]);
    }
  });
});

describe('a credential that is refused', () => {
  it('by its form never reaches the database, however often', async () => {
    const { key, record } = await issue();
    const token = (header: object, more: object = {}): string =>
      mint(key, claims('user', more), { kid: record.id, ...header });
    const illFormed = [
      'x',
      key.slice(0, -1),
      `${key}a`,
      key.replace(/.$/, (last) => (last === 'a' ? 'b' : 'a')),
      key.replace('_dev_', '_test_'),
      token({ alg: 'none' }),
      token({ alg: 'HS512' }),
      token({ crit: ['exp'] }),
      token({ kid: 'key_x' }),
      token({ typ: 'at+jwt' }),
      token({}, { sub: '' }),
      mint(key, claims('user')),
      mint(key, '[]', { kid: record.id }),
      `${token({})}=`,
      `${token({})}.`,
      token({}).replace(/[^.]+$/, ''),
      '.'.repeat(8000),
    ];
    // They are attempts on a key that is known, and on one that is not.
    for (let round = 0; round < 2; round += 1) {
      const statements = await wire.during(async () => {
        const credentials = times(3, () => illFormed).flat();
        expect(await tally(credentials)).toEqual({ 401: credentials.length });
      });
      expect(statements).toEqual([]);
      expect(await tally([key, token({})])).toEqual({ 200: 2 });
    }
  });

  it('asks once within a second, however often it is repeated', async () => {
    const { key, record } = await issue();
    const unknown = unknownKey();
    const refused = [
      unknown,
      mint(key, claims('user'), { kid: 'key_0000000000000000' }),
      mint(key, claims('acct_0000000000000000')),
      mint(unknown, claims('user'), { kid: record.id }),
    ];
    for (const credential of refused) {
      const started = performance.now();
      const statements = await wire.during(async () => {
        for (let count = 0; count < 10; count += 1) {
          expect(await tally([credential])).toEqual({ 401: 1 });
        }
      });
      const seconds = Math.ceil((performance.now() - started) / REFUSED_FOR);
      expect(statements.length).toBeGreaterThan(0);
      expect(statements.length).toBeLessThanOrEqual(seconds);
    }
  });

  /** Makes the key unknown, and gives back how it becomes known again: with its old id and secret. */
  async function hide({ record }: IssuedApiKey): Promise<() => Promise<unknown>> {
    const [{ row } = { row: {} }] = await database.query<{ row: object }>(
      'WITH gone AS (DELETE FROM auth_api_keys WHERE id = $1 RETURNING *) SELECT to_jsonb(gone) AS row FROM gone',
      [record.id],
    );
    const insert =
      'INSERT INTO auth_api_keys SELECT * FROM jsonb_populate_record(NULL::auth_api_keys, $1)';
    return () => database.query(insert, [JSON.stringify(row)]);
  }

  const credentialsOf = (issued: IssuedApiKey): [string, string, string] => [
    issued.key,
    tokenOf(issued),
    tokenWithoutKeyId(issued),
  ];

  it('is good at once, when a key comes that makes it good', async () => {
    const issued = await issue();
    const reveal = await hide(issued);
    const credentials = credentialsOf(issued);
    expect(await tally(credentials)).toEqual({ 401: 3 });
    expect(await tally(credentials)).toEqual({ 401: 3 });
    await reveal();
    expect(await tally(credentials)).toEqual({ 200: 3 });
  });

  it('is good within a second where nobody tells of the key, however often it is tried', async () => {
    const issued = await issue();
    const reveal = await hide(issued);
    const credentials = credentialsOf(issued);
    expect(await tally(credentials)).toEqual({ 401: 3 });
    const refused = performance.now();
    await database.query('ALTER TABLE auth_api_keys DISABLE TRIGGER USER');
    await reveal();
    await database.query('ALTER TABLE auth_api_keys ENABLE TRIGGER USER');
    while (performance.now() - refused < REFUSED_FOR) {
      await tally(credentials);
      await sleep(50);
    }
    expect(await tally(credentials)).toEqual({ 200: 3 });
  });

  it('with an id of its own costs a share of a query: ten thousand cost few', async () => {
    const good = await issue();
    await tally([good.key]);
    const statements = await wire.during(async () => {
      const credentials = times(10_000, unknownKey);
      expect(await tally(credentials, 256)).toEqual({ 401: 10_000 });
    });
    expect(statements.length).toBeLessThan(1000);
    expect(new Set(statements).size).toBe(1);
  });
});

describe('the wire that counts', () => {
  it('hears what a request asks of the database', async () => {
    const issued = await issue();
    const statements = await wire.during(() =>
      api.request('GET', '/v1/api-keys', { credential: issued.key }),
    );
    expect(statements.length).toBeGreaterThanOrEqual(2);
    expect(statements.join()).toContain('FROM "auth_api_keys"');
  });
});
