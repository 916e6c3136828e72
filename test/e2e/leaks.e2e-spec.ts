import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IssuedApiKey } from '@clary/nestjs-auth';
import { startTestApi, type TestApi } from '../support/api.js';
import { claims, mint } from '../support/tokens.js';

let api: TestApi;
let issued: IssuedApiKey;
let tokens: string[];
const bodies: string[] = [];

const collect = async (credential: string, path = '/v1/me'): Promise<void> => {
  const answer = await api.request('GET', path, { credential });
  bodies.push(await answer.text(), JSON.stringify([...answer.headers]));
};

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
  for (const credential of [key, ...tokens]) {
    await collect(credential);
    await collect(credential, `/v1/nothing/${credential}?access_token=${credential}`);
    await collect(`${credential}x`);
  }
  await api.database.query('UPDATE auth_api_keys SET revoked_at = now() WHERE id = $1', [
    record.id,
  ]);
  for (const credential of [key, ...tokens]) await collect(credential);
});
afterAll(() => api.stop());

/** Every spelling of what nobody but the key's holder may know. */
function secrets(): string[] {
  const digest = createHash('sha256').update(issued.key).digest();
  const [, , , secretPart = ''] = issued.key.split('_');
  return [
    issued.key,
    secretPart,
    ...(['hex', 'base64', 'base64url'] as const).map((encoding) => digest.toString(encoding)),
    ...tokens,
    ...tokens.map((token) => token.split('.')[2] ?? ''),
  ];
}

/** Every value of every column of every table, bytes in hex. */
async function everyValue(): Promise<string> {
  const tables = await api.database.query<{ name: string }>(
    `SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public'`,
  );
  const rows = tables.map(({ name }) =>
    api.database.query(`SELECT to_jsonb(t) AS row FROM ${name} t`),
  );
  return JSON.stringify(await Promise.all(rows));
}

describe('what must stay secret', () => {
  it('stands in no line of the log at its most verbose', () => {
    const log = api.log.join('');
    expect(log).toContain(issued.record.id);
    for (const secret of secrets()) expect(log).not.toContain(secret);
  });

  it('stands in no answer, body or header', () => {
    for (const secret of secrets()) expect(bodies.join('')).not.toContain(secret);
  });

  it('stands in no column of the database', async () => {
    const values = await everyValue();
    expect(values).toContain(issued.record.id);
    for (const secret of secrets()) expect(values).not.toContain(secret);
    const master = api.adminKey.split('_')[3] ?? '';
    expect(values).not.toContain(master);
  });
});
