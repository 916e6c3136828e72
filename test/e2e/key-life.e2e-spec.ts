import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../support/api.js';
import { call, type JsonAnswer, type JsonBody } from '../support/json-client.js';
import { claims, mint } from '../support/tokens.js';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const send = (
  method: string,
  path: string,
  credential: string,
  json?: unknown,
): Promise<JsonAnswer> => call(api, credential, method, path, json === undefined ? {} : { json });

const me = async (credential: string): Promise<number> =>
  (await api.request('GET', '/v1/me', { credential })).status;

/** The two ways in which a key may be used; rights that a JWT must name are named. */
const WAYS: [string, (key: string, id: string) => string][] = [
  ['by key', (key) => key],
  [
    'by JWT',
    (key, id) => mint(key, claims('operator', { scope: '* api-keys:write admin' }), { kid: id }),
  ],
];

describe.each(WAYS)('the life of a key, told %s', (_, asCaller) => {
  it('is made, used, changed, replaced, switched off and on, and revoked', async () => {
    const maker = await api.issueKey({ permissions: ['*'] });
    const caller = asCaller(maker.key, maker.record.id);

    const made = await send('POST', '/v1/api-keys', caller, {
      name: 'Importer',
      permissions: ['documents:read', 'documents:read', 'workflows:*'],
      metadata: { team: 'billing' },
    });
    expect(made.status).toBe(201);
    const { id, key = '', ...rest } = made.body;
    expect(key).toMatch(/^clary_dev_[0-9A-Za-z]{16}_[0-9A-Za-z]{49}$/);
    expect(made.headers.get('location')).toBe(`/v1/api-keys/${id}`);
    expect(made.headers.get('cache-control')).toBe('no-store');
    expect(rest).toEqual({
      account_id: maker.record.accountId,
      name: 'Importer',
      environment: 'development',
      tier: 'professional',
      permissions: ['documents:read', 'workflows:*'],
      hint: `${key.slice(0, 27)}…`,
      status: 'active',
      allowed_ips: null,
      methods: ['api_key', 'jwt'],
      rate_limit: null,
      expires_at: null,
      created_at: rest['created_at'],
      created_by: {
        key_id: maker.record.id,
        subject: caller === maker.key ? null : 'operator',
      },
      last_used_at: null,
      revoked_at: null,
      rotated_from: null,
      rotated_to: null,
      tokens_not_before: null,
      metadata: { team: 'billing' },
      source: 'api',
    });
    expect(await me(key)).toBe(200);
    const read = await send('GET', `/v1/api-keys/${id}`, caller);
    expect(read.body).toEqual({ id, ...rest });

    const changed = await send('PATCH', `/v1/api-keys/${id}`, caller, {
      name: 'Importer 2',
      tier: 'standard',
      rate_limit: 60,
      allowed_ips: ['127.0.0.0/8'],
      metadata: null,
    });
    expect(changed.status).toBe(200);
    expect(changed.body).toEqual({
      id,
      ...rest,
      name: 'Importer 2',
      tier: 'standard',
      rate_limit: 60,
      allowed_ips: ['127.0.0.0/8'],
      metadata: {},
    });

    const off = await send('PATCH', `/v1/api-keys/${id}`, caller, { status: 'disabled' });
    expect([off.body.status, await me(key)]).toEqual(['disabled', 401]);
    const on = await send('PATCH', `/v1/api-keys/${id}`, caller, { status: 'active' });
    expect([on.body.status, await me(key)]).toEqual(['active', 200]);

    const rotated = await send('POST', `/v1/api-keys/${id}/rotate`, caller, {
      grace_period_seconds: 60,
    });
    expect(rotated.status).toBe(201);
    const { key: successor = '', id: successorId } = rotated.body;
    expect(rotated.body).toMatchObject({
      name: 'Importer 2',
      tier: 'standard',
      rate_limit: 60,
      allowed_ips: ['127.0.0.0/8'],
      rotated_from: id,
      expires_at: null,
    });
    expect([await me(key), await me(successor)]).toEqual([200, 200]);
    const old = await send('GET', `/v1/api-keys/${id}`, caller);
    expect(old.body).toMatchObject({ rotated_to: successorId, status: 'active' });
    expect(Date.parse(String(old.body['expires_at']))).toBeLessThanOrEqual(Date.now() + 60_000);

    const token = mint(successor, claims('user'), { kid: successorId });
    expect(await me(token)).toBe(200);
    const path = `/v1/api-keys/${successorId}`;
    const tokens = await send('POST', `${path}/revoke-tokens`, caller);
    expect(tokens.status).toBe(200);
    expect([await me(token), await me(successor)]).toEqual([401, 200]);

    const revoked = await send('DELETE', path, caller);
    expect([revoked.status, revoked.body.status]).toEqual([200, 'revoked']);
    expect([await me(successor), await me(key)]).toEqual([401, 200]);
    const again = await send('DELETE', path, caller);
    expect(again.body).toEqual(revoked.body);
    expect((await send('PATCH', path, caller, { name: 'x' })).status).toBe(409);

    const events = await api.request('GET', `/v1/audit-events?key_id=${id}&limit=100`, {
      credential: maker.key,
    });
    const { data } = (await events.json()) as Pick<JsonBody, 'data'>;
    expect(data.map(({ action }) => action)).toEqual([
      'api_key.rotated',
      'api_key.updated',
      'api_key.updated',
      'api_key.updated',
      'api_key.created',
    ]);
    expect(data[0]).toMatchObject({
      actor: { type: 'key', key_id: maker.record.id },
      before: { rotated_to: null },
      after: { rotated_to: successorId },
      ip: '127.0.0.1',
    });
  });
});
