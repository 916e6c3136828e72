import { AccountService, UsageRecorder, type IssuedApiKey } from '@clary/nestjs-auth';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PERMISSIONS } from '../../apps/api/src/auth-types.js';
import { startTestApi, type TestApi } from '../support/api.js';
import { call, type JsonAnswer } from '../support/json-client.js';
import { claims, mint } from '../support/tokens.js';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

/** What of a key is in use, as told to a caller. */
async function inUse(
  { record }: Pick<IssuedApiKey, 'record'>,
  credential = api.adminKey,
): Promise<JsonAnswer> {
  await api.get(UsageRecorder).flush();
  return call(api, credential, 'GET', `/v1/api-keys/${record.id}/permissions-in-use`);
}

const get = async (path: string, credential: string): Promise<number> =>
  (await api.request('GET', path, { credential })).status;

const suggestedFor = async (issued: IssuedApiKey): Promise<unknown> =>
  (await inUse(issued)).body['suggested'];

const usedBy = async (issued: IssuedApiKey): Promise<string[]> => {
  const used = (await inUse(issued)).body['used'] as { permission: string }[];
  return used.map(({ permission }) => permission);
};

describe('the permissions in use', () => {
  it('are what was needed to be let in, and a PATCH with them leaves all that the key does', async () => {
    const maker = await api.issueKey();
    const { accountId } = maker.record;
    const issued = await api.issueKey({ accountId, permissions: ['*'] });
    const { key, record } = issued;
    const unusedKey = await inUse(issued, maker.key);
    expect(unusedKey.body).toEqual({
      key_id: record.id,
      since: record.createdAt.toISOString(),
      granted: ['*'],
      used: [],
      unused: PERMISSIONS,
      suggested: [],
    });

    const token = mint(key, claims('user'), { kid: record.id });
    expect(await get('/v1/me', key)).toBe(200);
    expect(await get('/v1/workflows', token)).toBe(200);
    expect(await get('/v1/documents', key)).toBe(200);
    const { body } = await inUse(issued, maker.key);
    const used = body['used'] as { permission: string; last_used_at: string }[];
    expect(used.map(({ permission }) => permission)).toEqual(['documents:read', 'workflows:read']);
    for (const { last_used_at: at } of used)
      expect([record.createdAt.toISOString(), at].sort()[1]).toBe(at);
    expect(body['suggested']).toEqual(['documents:read', 'workflows:read']);
    expect(body['unused']).toEqual(
      PERMISSIONS.filter((name) => !['documents:read', 'workflows:read'].includes(name)),
    );

    const json = { permissions: body['suggested'] };
    const patched = await call(api, maker.key, 'PATCH', `/v1/api-keys/${record.id}`, { json });
    expect(patched.status).toBe(200);
    for (const path of ['/v1/me', '/v1/workflows', '/v1/documents'])
      expect(await get(path, key)).toBe(200);
    expect(await get('/v1/audit-events', key)).toBe(403);
    expect(await suggestedFor(issued)).toEqual(json.permissions);
  });

  it('have nothing of what was refused, of more than 30 days ago, or of what is no longer granted', async () => {
    const issued = await api.issueKey({
      permissions: ['documents:read', 'workflows:read', 'audit:read'],
    });
    const { key, record } = issued;
    const narrow = mint(key, claims('user', { scope: '' }), { kid: record.id });
    expect(await get('/v1/audit-events', narrow)).toBe(403);
    expect(await get('/v1/documents', key)).toBe(200);
    expect(await get('/v1/workflows', key)).toBe(200);
    expect(await suggestedFor(issued)).toEqual(['documents:read', 'workflows:read']);
    const since = `UPDATE auth_api_keys SET created_at = now() - interval '1 year',
      permissions = '{documents:read,audit:read}' WHERE id = $1`;
    await api.database.query(since, [record.id]);
    const { body } = await inUse(issued);
    expect(body).toMatchObject({
      used: [{ permission: 'documents:read' }, { permission: 'workflows:read' }],
      unused: ['audit:read'],
      suggested: ['documents:read'],
    });
    const days = (Date.now() - Date.parse(body['since'] as string)) / 86_400_000;
    expect(days).toBeGreaterThanOrEqual(30);
    expect(days).toBeLessThan(30.1);
    const age = `UPDATE auth_permission_uses SET last_used_at = now() - interval '30 days 1 minute'
      WHERE key_id = $1 AND permission = 'documents:read'`;
    await api.database.query(age, [record.id]);
    expect(await usedBy(issued)).toEqual(['workflows:read']);
  });

  it('have what a handler asks for by itself: documents, for a workflow with a trigger', async () => {
    const issued = await api.issueKey({ permissions: ['workflows:write', 'documents:*'] });
    const definition = { tasks: [{ id: 'read', type: 'document_parser' }] };
    const make = (more: object): Promise<JsonAnswer> =>
      call(api, issued.key, 'POST', '/v1/workflows', {
        json: { name: 'x', definition: { ...definition, ...more } },
      });
    expect((await make({})).status).toBe(201);
    expect(await suggestedFor(issued)).toEqual(['workflows:write']);
    expect((await make({ triggers: [{ type: 'document_upload' }] })).status).toBe(201);
    expect(await suggestedFor(issued)).toEqual(['documents:read', 'workflows:write']);
  });

  it('have `admin` where it was needed, and only there', async () => {
    const boss = (): Promise<IssuedApiKey> => api.issueKey({ permissions: ['*', 'admin'] });
    const theirs = await api.issueKey();
    const { id: poor } = await api.get(AccountService).create({ name: 'Poor', tier: 'lite' });
    const modest = await boss();
    const low = await api.issueKey({ accountId: poor, permissions: ['*', 'admin'], tier: 'lite' });
    await get('/v1/api-keys', modest.key);
    await get(`/v1/api-keys?account_id=${modest.record.accountId}`, modest.key);
    await get(`/v1/api-keys/${modest.record.id}`, modest.key);
    expect(await usedBy(modest)).toEqual(['api-keys:read']);

    const json = { name: 'x', permissions: [] };
    const elsewhere = { ...json, environment: 'staging' };
    const uses: [IssuedApiKey, string, string, object?][] = [
      [await boss(), 'GET', '/v1/api-keys?account_id=all'],
      [await boss(), 'GET', `/v1/audit-events?account_id=${poor}`],
      [await boss(), 'GET', `/v1/usage?account_id=${poor}`],
      [await boss(), 'GET', '/v1/accounts'],
      [await boss(), 'GET', `/v1/api-keys/${theirs.record.id}`],
      [await boss(), 'POST', '/v1/api-keys', { ...json, account_id: poor }],
      [await boss(), 'POST', '/v1/api-keys', elsewhere],
      [low, 'POST', '/v1/api-keys', elsewhere],
    ];
    for (const [issued, method, path, body] of uses) {
      const answer = await call(api, issued.key, method, path, body && { json: body });
      expect([path, answer.status < 300]).toEqual([path, true]);
      expect([path, (await usedBy(issued)).at(-1)]).toEqual([path, 'admin']);
    }
  });

  it('are told to whoever may read keys, of its own account, and with `admin` of others', async () => {
    const [mine, theirs] = [await api.issueKey(), await api.issueKey()];
    expect((await inUse(theirs, mine.key)).status).toBe(404);
    expect((await inUse(theirs, api.adminKey)).status).toBe(200);
    const mute = await api.issueKey({ permissions: ['usage:read', 'api-keys:write'] });
    expect((await inUse(mute, mute.key)).status).toBe(403);
  });
});
