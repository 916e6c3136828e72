import { AUDIT_ACTIONS, AuditService, type IssuedApiKey } from '@clary/nestjs-auth';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../support/api.js';
import { call, type JsonBody } from '../support/json-client.js';
import { claims, mint } from '../support/tokens.js';

let api: TestApi;
let maker: IssuedApiKey;
/** What the maker made. */
let made: JsonBody;

beforeAll(async () => {
  api = await startTestApi();
  maker = await api.issueKey();
  const token = mint(maker.key, claims('user-17', { scope: '* api-keys:write' }), {
    kid: maker.record.id,
  });
  const headers = { 'x-request-id': 'making' };
  const json = { name: 'Importer', permissions: ['documents:read'] };
  made = (await call(api, token, 'POST', '/v1/api-keys', { json, headers })).body;
  await call(api, maker.key, 'PATCH', `/v1/api-keys/${made.id}`, { json: { name: 'Renamed' } });
  await call(api, maker.key, 'DELETE', `/v1/api-keys/${made.id}`);
});
afterAll(() => api.stop());

const list = async (query: string, credential = maker.key): Promise<JsonBody> =>
  (await call(api, credential, 'GET', `/v1/audit-events?${query}`)).body;
const actionsOf = ({ data }: JsonBody): unknown[] => data.map(({ action }) => action);

const LIFE = ['api_key.revoked', 'api_key.updated', 'api_key.created'];

describe('the audit log', () => {
  it('tells who did what to what, from where, and how it was before and after', async () => {
    const { data } = await list(`key_id=${made.id}`);
    const [revoked, updated, created] = data;
    const { id, at, ...rest } = created as JsonBody;
    expect(id).toMatch(/^evt_[0-9A-Za-z]{16}$/);
    expect(at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(rest).toEqual({
      action: 'api_key.created',
      actor: { type: 'key', key_id: maker.record.id, subject: 'user-17' },
      account_id: maker.record.accountId,
      target: { type: 'api_key', id: made.id },
      before: null,
      after: {
        name: 'Importer',
        environment: 'development',
        tier: 'professional',
        permissions: ['documents:read'],
        methods: ['api_key', 'jwt'],
        allowed_ips: null,
        rate_limit: null,
        metadata: {},
        expires_at: null,
        disabled_at: null,
        revoked_at: null,
        tokens_not_before: null,
        rotated_from: null,
        rotated_to: null,
      },
      request_id: 'making',
      ip: '127.0.0.1',
    });
    expect(updated).toMatchObject({ before: { name: 'Importer' }, after: { name: 'Renamed' } });
    expect(updated).toMatchObject({ actor: { subject: null } });
    expect(revoked).toMatchObject({ before: { revoked_at: null } });
    expect((revoked?.['after'] as JsonBody)['revoked_at']).toEqual(expect.any(String));
  });

  it('is of the calling account alone, unless an admin asks for another', async () => {
    const { accountId } = maker.record;
    const own = await list('limit=100');
    expect(own.data.every(({ account_id }) => account_id === accountId)).toBe(true);
    expect(await list(`account_id=${accountId}&limit=100`, api.adminKey)).toEqual(own);
    const all = await list('account_id=all&limit=100', api.adminKey);
    expect(all.data.length).toBeGreaterThan(own.data.length);
    const stranger = await api.issueKey();
    expect((await list(`key_id=${made.id}`, stranger.key)).data).toEqual([]);
    for (const account_id of ['all', accountId]) {
      const path = `/v1/audit-events?account_id=${account_id}`;
      expect((await call(api, stranger.key, 'GET', path)).status).toBe(403);
    }
  });

  it('is asked by key: what it did, and what was done to it', async () => {
    expect(actionsOf(await list(`key_id=${made.id}`))).toEqual(LIFE);
    // By the tests' own hand it was made, by itself it did three things.
    expect(actionsOf(await list(`key_id=${maker.record.id}`))).toEqual([
      ...LIFE,
      'api_key.created',
    ]);
    expect(actionsOf(await list('key_id=key_0000000000000000'))).toEqual([]);
  });

  it.each(AUDIT_ACTIONS)('is asked by action: %s', async (action) => {
    const { data } = await list(`action=${action}&key_id=${made.id}`);
    expect(data.map((event) => event['action'])).toEqual(LIFE.filter((one) => one === action));
  });

  it('is asked by time: from a moment on, up to another and not including it', async () => {
    const { data } = await list(`key_id=${made.id}`);
    const [, , first] = data;
    const start = String(first?.['at']);
    const after = new Date(Date.parse(start) + 1).toISOString();
    const key = `key_id=${made.id}`;
    expect(actionsOf(await list(`${key}&from=${start}&to=${after}`))).toEqual(['api_key.created']);
    expect(actionsOf(await list(`${key}&to=${start}`))).toEqual([]);
    expect(actionsOf(await list(`${key}&from=${after}`))).toEqual(LIFE.slice(0, 2));
    const offset = encodeURIComponent(start.replace('Z', '+00:00'));
    expect(actionsOf(await list(`${key}&from=${offset}`))).toEqual(LIFE);
  });

  it.each([
    'action=api_key.stolen',
    'from=yesterday',
    'from=2026-01-31',
    'to=1',
    'to=9999-12-31T23:59:59-12:00',
    'from=0000-01-01T00:00:00%2B01:00',
    'account_id=%00',
    'key_id=%00',
    'colour=red',
    'limit=0',
  ])('is refused with ?%s', async (query) => {
    expect((await call(api, maker.key, 'GET', `/v1/audit-events?${query}`)).status).toBe(400);
  });

  it.each([
    ['from=0000-01-01T00:00:00Z&to=0001-01-01T00:00:00Z', []],
    ['from=9999-12-31T23:59:59.999Z', []],
    ['to=9999-12-31T23:59:59.999Z', LIFE],
  ])('is asked up to the ends of time: %s', async (query, actions) => {
    expect(actionsOf(await list(`${query}&key_id=${made.id}`))).toEqual(actions);
  });

  it('takes new events and nothing else', async () => {
    for (const statement of [
      'UPDATE auth_audit_events SET ip = NULL',
      'DELETE FROM auth_audit_events',
      'TRUNCATE auth_audit_events',
    ])
      await expect(api.database.query(statement)).rejects.toThrow('new events only');
  });

  it('is shortened by one service, which leaves an event that an admin sees', async () => {
    const { data } = await list(`key_id=${made.id}`);
    const [revoked] = data;
    const before = new Date(String(revoked?.['at']));
    const removed = await api.get(AuditService).prune(before, { type: 'cli' });
    expect(actionsOf(await list(`key_id=${made.id}`))).toEqual(['api_key.revoked']);
    const [event] = (await list('account_id=all&action=audit.pruned', api.adminKey)).data;
    expect(event).toMatchObject({
      actor: { type: 'cli', key_id: null, subject: null },
      account_id: null,
      target: { type: 'audit', id: null },
      after: { before: before.toISOString(), removed },
    });
    await expect(api.database.query('DELETE FROM auth_audit_events')).rejects.toThrow();
  });
});
