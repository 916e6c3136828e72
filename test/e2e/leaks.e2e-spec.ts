import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { IssuedApiKey } from '@clary/nestjs-auth';
import { startTestApi, type TestApi } from '../support/api.js';
import { findLeaks, secretsOfKey, spellings, storedValues } from '../support/leak-scan.js';
import { claims, mint } from '../support/tokens.js';

let api: TestApi;
let issued: IssuedApiKey;
let tokens: string[];

/** Uses every route and every kind of credential, good ones and such as are refused. */
async function useEverything(): Promise<void> {
  for (const credential of [issued.key, ...tokens]) {
    await api.request('GET', '/v1/me', { credential });
    await api.request('GET', `/v1/nothing/${credential}?access_token=${credential}`, {
      credential,
    });
    await api.request('GET', `/v1/documents/${credential}`, { credential });
    await api.request('POST', '/v1/workflows', { credential, json: { [credential]: credential } });
    await api.request('GET', '/v1/me', { credential: `${credential}x` });
  }
  const file = new FormData();
  file.append('file', new Blob(['Hello']), 'hello.txt');
  await api.request('POST', '/v1/documents', { credential: issued.key, body: file });
}

beforeAll(async () => {
  api = await startTestApi();
  issued = await api.issueKey();
  const { key, record } = issued;
  const kid = { kid: record.id };
  tokens = [
    mint(key, claims('user'), kid),
    mint(key, claims(record.accountId)),
    mint(key, claims('user', { exp: 1 }), kid),
    mint(key, claims('user'), { ...kid, alg: 'HS512' }),
    mint(`${key}x`, claims('user'), kid),
  ];
  await useEverything();
  const disable = 'UPDATE auth_api_keys SET disabled_at = now() WHERE id = $1';
  await api.database.query(disable, [record.id]);
  await useEverything();
  await api.database.query('UPDATE auth_api_keys SET disabled_at = NULL');
});
afterAll(() => api.stop());

describe('no secret, in any spelling', () => {
  it('stands in the log at its most verbose, in an answer, or in a column', async () => {
    expect(api.log.join('')).toContain(issued.record.id);
    expect((await storedValues(api.database)).map(({ value }) => value)).toContain(
      issued.record.id,
    );
    expect(await api.findLeaks()).toEqual([]);
  });

  const { DATABASE_URL = '' } = process.env;
  // The embedded PostgreSQL comes without pg_dump; there the columns are all there is.
  it.runIf(DATABASE_URL !== '')('stands in a dump of the database', ({ skip }) => {
    const dump = spawnSync('pg_dump', [api.database.url], { encoding: 'utf8' });
    skip(dump.error !== undefined, 'pg_dump is not installed');
    skip(dump.stderr.includes('server version mismatch'), 'pg_dump is older than the server');
    expect([dump.status, dump.stderr]).toEqual([0, '']);
    expect(dump.stdout).toContain(issued.record.id);
    const secrets = [issued.key, api.adminKey].flatMap((key) => secretsOfKey(key));
    expect(findLeaks(secrets, [{ from: 'the dump', text: dump.stdout }])).toEqual([]);
  });
});

describe('nothing that the database holds', () => {
  it('gets in, as a bearer credential or as the secret of a JWT', async () => {
    const values = (await storedValues(api.database)).map(({ value }) => value);
    expect(values.length).toBeGreaterThan(40);
    const { id, accountId } = issued.record;
    const accepted: string[] = [];
    for (const value of values) {
      const secrets = new Set<string | Buffer>([value, ...spellings(value)]);
      const credentials = [...secrets].flatMap((secret) => [
        ...(typeof secret === 'string' && /^[\x21-\x7e]+$/.test(secret) ? [secret] : []),
        mint(secret, claims('user'), { kid: id }),
        mint(secret, claims(accountId)),
      ]);
      for (const credential of credentials) {
        if ((await api.request('GET', '/v1/me', { credential })).status !== 401)
          accepted.push(String(value));
      }
    }
    expect(accepted).toEqual([]);
    // The key itself still gets in: the refusals were of the values, not of everything.
    expect((await api.request('GET', '/v1/me', { credential: issued.key })).status).toBe(200);
  });
});

describe('the search for secrets, which every test file ends with, finds one', () => {
  afterEach(() => api.database.query('DROP TABLE IF EXISTS planted'));

  const digest = (): Buffer => createHash('sha256').update(issued.key).digest();
  it.each([
    ['the key as text', 'text', () => issued.key],
    ['the digest as bytes', 'bytea', digest],
    ['the digest as text', 'text', () => digest().toString('base64url')],
    ['the secret part in an array', 'text[]', () => [issued.key.split('_')[3]]],
    ['a JWT inside JSON', 'jsonb', () => ({ deep: [{ down: tokens[0] }] })],
  ])('in a column: %s', async (_, type, value) => {
    await api.database.query(`CREATE TABLE planted (value ${type})`);
    await api.database.query('INSERT INTO planted VALUES ($1)', [value()]);
    expect(await api.findLeaks()).not.toEqual([]);
    expect(new Set(await api.findLeaks())).toEqual(new Set(['planted.value']));
  });

  it('in a line of the log', async () => {
    const log = api.log as string[];
    log.push(JSON.stringify({ msg: `It was ${digest().toString('hex')}` }));
    expect(await api.findLeaks()).toEqual([`line ${log.length - 1} of the log`]);
    log.pop();
  });
});
