import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../support/api.js';
import { call, type JsonAnswer } from '../support/json-client.js';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const send = (method: string, path: string, json?: unknown): Promise<JsonAnswer> =>
  call(api, api.adminKey, method, path, json === undefined ? {} : { json });

const GOOD = { name: 'Example Ltd', tier: 'standard' };

describe('accounts', () => {
  it('are made, given keys, read, changed and listed, newest first', async () => {
    const made = await send('POST', '/v1/accounts', GOOD);
    const { id } = made.body;
    const path = `/v1/accounts/${id}`;
    expect(made.status).toBe(201);
    expect(made.headers.get('location')).toBe(path);
    expect(made.headers.get('cache-control')).toBe('private');
    expect(made.body).toEqual({
      id,
      ...GOOD,
      status: 'active',
      created_at: made.body['created_at'],
    });
    expect((await send('GET', path)).body).toEqual(made.body);
    const key = { name: 'First', permissions: ['documents:read'], account_id: id };
    expect((await send('POST', '/v1/api-keys', key)).body).toMatchObject({
      account_id: id,
      tier: 'standard',
    });
    const changed = await send('PATCH', path, { name: 'Example plc', tier: 'lite' });
    expect(changed.body).toEqual({ ...made.body, name: 'Example plc', tier: 'lite' });
    const later = await send('POST', '/v1/accounts', GOOD);
    const listed = await send('GET', '/v1/accounts?limit=2');
    expect(listed.body.data).toEqual([later.body, changed.body]);
    expect(listed.body.pagination).toMatchObject({ total: 3, next_offset: 2 });
  });

  it('that are suspended have no key that gets in, until they are active again', async () => {
    const { key, record } = await api.issueKey();
    const path = `/v1/accounts/${record.accountId}`;
    const enter = async (): Promise<Response> => api.request('GET', '/v1/me', { credential: key });
    expect((await send('PATCH', path, { status: 'suspended' })).body['status']).toBe('suspended');
    const refused = await enter();
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toContain('The account is suspended');
    await send('PATCH', path, { status: 'active' });
    expect((await enter()).status).toBe(200);
  });

  it('that call cannot suspend themselves, and may change their name', async () => {
    const { body: me } = await send('GET', '/v1/me');
    const path = `/v1/accounts/${String(me['account_id'])}`;
    expect((await send('PATCH', path, { status: 'suspended' })).status).toBe(409);
    const both = await send('PATCH', path, { name: 'Renamed', status: 'suspended' });
    expect(both.status).toBe(409);
    expect((await send('PATCH', path, { status: 'active', name: 'Home' })).body['name']).toBe(
      'Home',
    );
  });

  it('whose tier is lowered have keys of the lower one', async () => {
    const { key, record } = await api.issueKey({ tier: 'professional' });
    await send('PATCH', `/v1/accounts/${record.accountId}`, { tier: 'lite' });
    const { body } = await call(api, key, 'GET', '/v1/me');
    expect(body['tier']).toBe('lite');
  });

  it.each([
    [{ name: '' }, 'name'],
    [{ name: 'a\u0000' }, 'name'],
    [{ name: 'x'.repeat(101) }, 'name'],
    [{ name: null }, 'name'],
    [{ tier: 'gold' }, 'tier'],
    [{ tier: null }, 'tier'],
    [{ id: 'acct_0000000000000000' }, ''],
  ])('have the right shape: not %j', async (wrong, field) => {
    const { accountId } = (await api.issueKey()).record;
    for (const answer of [
      await send('POST', '/v1/accounts', { ...GOOD, ...wrong }),
      await send('PATCH', `/v1/accounts/${accountId}`, wrong),
    ]) {
      expect([answer.status, answer.body.error?.details?.[0]?.field]).toEqual([400, field]);
    }
  });

  it.each([{ status: 'closed' }, { status: null }])('have no such status: %j', async (body) => {
    const { accountId } = (await api.issueKey()).record;
    expect((await send('PATCH', `/v1/accounts/${accountId}`, body)).status).toBe(400);
  });

  it.each([{}, { name: 'x' }, { tier: 'lite' }, { ...GOOD, status: 'suspended' }])(
    'are not made of %j',
    async (body) => {
      expect((await send('POST', '/v1/accounts', body)).status).toBe(400);
    },
  );

  it('are nobody’s business who is no admin, not even their own', async () => {
    const { key, record } = await api.issueKey({ permissions: ['*'] });
    const path = `/v1/accounts/${record.accountId}`;
    const answers = await Promise.all([
      call(api, key, 'GET', '/v1/accounts'),
      call(api, key, 'POST', '/v1/accounts', { json: GOOD }),
      call(api, key, 'GET', path),
      call(api, key, 'PATCH', path, { json: { tier: 'professional' } }),
    ]);
    for (const { status, headers } of answers) {
      expect(status).toBe(403);
      expect(headers.get('www-authenticate')).toContain('scope="admin"');
    }
  });
});
