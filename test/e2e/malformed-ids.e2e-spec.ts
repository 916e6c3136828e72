import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../support/api.js';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const NOT_FOUND = '{"error":{"code":"not_found","message":"Not found"}}';

/** Nobody's ids: also such as the database cannot take as a text. */
const MALFORMED = [
  '%00',
  'key_',
  'acct_',
  'key_%00aaaaaaaaaaaaaaa',
  "'",
  '%F0%9F%94%91',
  'x'.repeat(90),
];

const ROUTES: [string, string, object?][] = [
  ['GET', '/v1/api-keys/{id}'],
  ['PATCH', '/v1/api-keys/{id}', { name: 'x' }],
  ['DELETE', '/v1/api-keys/{id}'],
  ['POST', '/v1/api-keys/{id}/rotate', { grace_period_seconds: 0 }],
  ['POST', '/v1/api-keys/{id}/revoke-tokens'],
  ['GET', '/v1/api-keys/{id}/permissions-in-use'],
  ['GET', '/v1/accounts/{id}'],
  ['PATCH', '/v1/accounts/{id}', { name: 'x' }],
];

describe.each(MALFORMED)('the malformed id %s', (id) => {
  it.each(ROUTES)('is not found by %s %s, not even by an admin', async (method, path, json) => {
    const answer = await api.request(method, path.replace('{id}', id), {
      credential: api.adminKey,
      ...(json !== undefined && { json }),
      headers: { 'idempotency-key': 'once' },
    });
    expect([answer.status, await answer.text()]).toEqual([404, NOT_FOUND]);
  });

  it('is the account of no new key', async () => {
    const json = { name: 'x', permissions: [], account_id: decodeURIComponent(id) };
    const answer = await api.request('POST', '/v1/api-keys', { credential: api.adminKey, json });
    expect([answer.status, await answer.text()]).toEqual([404, NOT_FOUND]);
  });

  it.each(['/v1/api-keys', '/v1/audit-events', '/v1/usage'])(
    'opens no list of %s',
    async (path) => {
      const answer = await api.request('GET', `${path}?account_id=${id}`, {
        credential: api.adminKey,
      });
      // A text that no id can be has the wrong shape; any other could have been an account.
      expect(answer.status).toBe(id.includes('%') ? 400 : 200);
      if (answer.ok) expect(await answer.json()).toMatchObject({ data: [] });
    },
  );
});
