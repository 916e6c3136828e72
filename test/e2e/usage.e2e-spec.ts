import { ApiKeyService, UsageRecorder, type IssuedApiKey } from '@clary/nestjs-auth';
import type { OperationObject } from '@nestjs/swagger';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { previewDocument } from '../../apps/api/src/openapi/preview.js';
import { startTestApi, type TestApi } from '../support/api.js';
import { call } from '../support/json-client.js';
import { claims, mint } from '../support/tokens.js';
import { readUsage, totals, type ShownUsage } from '../support/usage.js';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

/** Of the account of a key, read by another that uses nothing else. */
async function readerOf({ record }: IssuedApiKey): Promise<string> {
  const { accountId } = record;
  return (await api.issueKey({ accountId, permissions: ['usage:read'] })).key;
}

const get = async (path: string, credential: string): Promise<number> =>
  (await api.request('GET', path, { credential })).status;

const usageOf = async (issued: IssuedApiKey): Promise<Record<string, number>> => {
  const { data } = await readUsage(api, await readerOf(issued), `key_id=${issued.record.id}`);
  return totals(data);
};

describe('usage', () => {
  it('counts requests of a key and of its JWTs by route and by what became of them', async () => {
    const issued = await api.issueKey({ permissions: ['documents:read'] });
    const { key, record } = issued;
    const token = mint(key, claims('user'), { kid: record.id });
    for (const credential of [key, key, token]) expect(await get('/v1/me', credential)).toBe(200);
    await api.request('HEAD', '/v1/documents', { credential: token });
    expect(await get('/v1/documents?limit=1', key)).toBe(200);
    expect(await get('/v1/documents?limit=0', key)).toBe(400);
    expect(await get('/v1/workflows', token)).toBe(403);
    await api.get(ApiKeyService).patch(record.id, { status: 'disabled' });
    for (const credential of [key, token]) expect(await get('/v1/me', credential)).toBe(401);
    expect(await usageOf(issued)).toEqual({
      'GET /v1/me allowed': 3,
      'GET /v1/documents allowed': 3,
      'GET /v1/workflows forbidden': 1,
      'GET /v1/me unauthorized': 2,
    });
  });

  it('knows routes and no request: no id, no query, nothing that was asked for', async () => {
    const issued = await api.issueKey();
    const id = 'doc_4fTq8ZpL0sWx2Yb7';
    expect(await get(`/v1/documents/${id}?secret=1`, issued.key)).toBe(404);
    expect(await get(`/v1/documents/${id}/content`, issued.key)).toBe(404);
    expect(await get(`/v1/nothing/${id}`, issued.key)).toBe(404);
    const { data } = await readUsage(api, await readerOf(issued), `key_id=${issued.record.id}`);
    expect(totals(data)).toEqual({
      'GET /v1/documents/{id} allowed': 1,
      'GET /v1/documents/{id}/content allowed': 1,
    });
    expect(JSON.stringify(data)).not.toContain(id);
  });

  it('calls every route as the OpenAPI document does', async () => {
    const issued = await api.issueKey();
    // What may call nothing ends nothing either.
    const { key, record } = issued;
    const token = mint(key, claims('user', { permissions: [] }), { kid: record.id });
    const { paths } = await previewDocument();
    const guarded = Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item as Record<string, OperationObject>)
        .filter(([, { security }]) => security?.length !== 0)
        .map(([method]) => `${method.toUpperCase()} ${path}`),
    );
    for (const route of guarded) {
      const [method = '', path = ''] = route.split(' ');
      await api.request(method, path.replace('{id}', 'x'), { credential: token });
    }
    const { data } = await readUsage(api, await readerOf(issued), `key_id=${record.id}`);
    expect([...new Set(data.map(({ route }) => route))].sort()).toEqual(guarded.sort());
    expect(guarded.length).toBeGreaterThan(20);
  });

  it('counts nothing of strangers', async () => {
    const issued = await api.issueKey();
    const other = await api.issueKey();
    const forged = mint(other.key, claims('user'), { kid: issued.record.id });
    const guess = `${issued.key.slice(0, -7)}${issued.key.endsWith('0') ? '1' : '0'}`;
    for (const credential of [forged, guess, 'x'])
      expect(await get('/v1/me', credential)).toBe(401);
    expect(await usageOf(issued)).toEqual({});
  });

  it('is shown to its own account', async () => {
    const [mine, theirs] = [await api.issueKey(), await api.issueKey()];
    await get('/v1/me', theirs.key);
    const keysIn = async (query: string, credential: string): Promise<string[]> => {
      const { data } = await readUsage(api, credential, query);
      return [...new Set(data.map(({ key_id }) => key_id))];
    };
    expect(await keysIn('', theirs.key)).toEqual([theirs.record.id]);
    expect(await keysIn(`account_id=${theirs.record.accountId}`, theirs.key)).toEqual([
      theirs.record.id,
    ]);
    await get('/v1/me', mine.key);
    expect(await keysIn('', mine.key)).toEqual([mine.record.id]);
    expect(await keysIn(`key_id=${theirs.record.id}`, mine.key)).toEqual([]);
    for (const account of [theirs.record.accountId, 'all']) {
      const answer = await readUsage(api, mine.key, `account_id=${account}`);
      expect(answer.status).toBe(403);
      expect(answer.headers.get('www-authenticate')).toContain('scope="admin"');
    }
    expect(await keysIn(`account_id=${theirs.record.accountId}`, api.adminKey)).toEqual([
      theirs.record.id,
    ]);
    expect(await keysIn('account_id=all', api.adminKey)).toEqual(
      expect.arrayContaining([mine.record.id, theirs.record.id]),
    );
  });

  it('takes the permission and the tier', async () => {
    const poor = await api.issueKey({ tier: 'standard' });
    const mute = await api.issueKey({ permissions: ['api-keys:read', 'audit:read'] });
    for (const [{ key }, missing] of [
      [poor, 'tier="professional"'],
      [mute, 'scope="usage:read"'],
    ] as const) {
      const answer = await readUsage(api, key);
      expect(answer.status).toBe(403);
      expect(answer.headers.get('www-authenticate')).toContain(missing);
    }
  });
});

describe('usage of some time ago', () => {
  let issued: IssuedApiKey;
  let reader: string;

  beforeAll(async () => {
    issued = await api.issueKey();
    reader = await readerOf(issued);
    const { id, accountId } = issued.record;
    const counts = [
      ['2026-03-01T22:00:00Z', 'GET /b', 1],
      ['2026-03-01T23:00:00Z', 'GET /b', 10],
      ['2026-03-01T23:00:00Z', 'GET /a', 100],
      ['2026-03-02T00:00:00Z', 'GET /b', 1000],
      ['2026-03-02T01:00:00Z', 'GET /b', 10_000],
    ];
    for (const [hour, route, count] of counts)
      await api.database.query(
        `INSERT INTO auth_usage (hour, key_id, route, outcome, account_id, count)
         VALUES ($1, $2, $3, 'allowed', $4, $5)`,
        [hour, id, route, accountId, count],
      );
  });

  /** Start, route and count of each. */
  const between = async (from: string, to: string, more = ''): Promise<unknown[]> => {
    const query = `from=${encodeURIComponent(from)}&to=${encodeURIComponent(to)}${more}`;
    const { status, data } = await readUsage(api, reader, query);
    expect(status).toBe(200);
    return data.map((one) => [one.from.slice(5, 16), one.to.slice(5, 16), one.route, one.count]);
  };

  it('is summed by the hour, newest first, then by route', async () => {
    expect(await between('2026-03-01T22:00:00Z', '2026-03-02T01:00:00Z')).toEqual([
      ['03-02T00:00', '03-02T01:00', 'GET /b', 1000],
      ['03-01T23:00', '03-02T00:00', 'GET /a', 100],
      ['03-01T23:00', '03-02T00:00', 'GET /b', 10],
      ['03-01T22:00', '03-01T23:00', 'GET /b', 1],
    ]);
  });

  it('is summed by the day in UTC', async () => {
    const days = [
      ['03-02T00:00', '03-03T00:00', 'GET /b', 11_000],
      ['03-01T00:00', '03-02T00:00', 'GET /a', 100],
      ['03-01T00:00', '03-02T00:00', 'GET /b', 11],
    ];
    const range = ['2026-03-01T12:00:00Z', '2026-03-02T12:00:00Z'] as const;
    expect(await between(...range, '&granularity=day')).toEqual(days);
  });

  it('is of whole hours, whatever is asked for and with whatever offset', async () => {
    const last = [['03-02T00:00', '03-02T01:00', 'GET /b', 1000]];
    expect(await between('2026-03-02T00:59:59.999Z', '2026-03-02T01:00:00Z')).toEqual(last);
    expect(await between('2026-03-02T00:00:00Z', '2026-03-02T00:00:00.001Z')).toEqual(last);
    expect(await between('2026-03-02T02:10:00+02:00', '2026-03-02T02:20:00+02:00')).toEqual(last);
    expect(await between('2026-03-02T01:00:00Z', '2026-03-02T03:00:00Z')).toEqual([
      ['03-02T01:00', '03-02T02:00', 'GET /b', 10_000],
    ]);
  });

  it('is not shown unless asked for, and reaches back as far as one says', async () => {
    const { data } = await readUsage(api, reader, `key_id=${issued.record.id}`);
    expect(data).toEqual([]);
    expect(await between('2026-02-01T00:00:00Z', '2026-03-04T00:00:00Z')).toHaveLength(5);
    const before = await readUsage(api, reader, 'to=2026-03-02T01:30:00Z');
    expect(before.data.map(({ count }) => count)).toEqual([10_000, 1000, 100, 10, 1]);
    const days = await readUsage(api, reader, 'to=2026-03-31T00:00:00Z&granularity=day');
    expect(days.data).toHaveLength(3);
  });

  it.each([
    ['from=2026-03-02T00:00:00Z&to=2026-03-02T00:00:00Z', 'from'],
    ['from=2026-03-03T00:00:00Z&to=2026-03-02T00:00:00Z', 'from'],
    ['from=2999-01-01T00:00:00Z', 'from'],
    ['from=2020-01-01T00:00:00Z', 'from'],
    ['from=2026-03-01T00:00:00Z&to=2026-04-01T00:00:00.001Z', 'from'],
    ['from=2026-01-01T00:00:00Z&to=2027-02-06T00:00:00Z&granularity=day', 'from'],
    ['from=yesterday', 'from'],
    ['granularity=minute', 'granularity'],
    ['key_id=%00', 'key_id'],
    ['limit=10', ''],
  ])('is not told for %s', async (query, field) => {
    const { status, body } = await readUsage(api, reader, query);
    expect([status, body.error?.code]).toEqual([400, 'invalid_request']);
    expect(body.error?.details?.map((detail) => detail.field)).toEqual([field]);
  });

  it('is not cut off where it is too much', async () => {
    const { id, accountId } = issued.record;
    const fill = (from: number, to: number): Promise<object[]> =>
      api.database.query(
        `INSERT INTO auth_usage (hour, key_id, route, outcome, account_id, count)
         SELECT '2026-05-01T00:00:00Z', $1, 'GET /' || n, 'allowed', $2, 1 FROM generate_series($3::int, $4::int) n`,
        [id, accountId, from, to],
      );
    await fill(1, 10_000);
    const query = 'from=2026-05-01T00:00:00Z&to=2026-05-02T00:00:00Z';
    expect((await readUsage(api, reader, query)).data).toHaveLength(10_000);
    await fill(10_001, 10_001);
    const { status, body } = await readUsage(api, reader, query);
    expect([status, body.error?.code]).toEqual([422, 'unprocessable']);
    expect(body.error?.details?.map(({ field }) => field)).toEqual(['from']);
    const few = await readUsage(api, reader, `${query}&key_id=key_0000000000000000`);
    expect(few.data).toEqual([] satisfies ShownUsage[]);
  });
});

describe('when a key was last used', () => {
  it('is known of what was recognised, by key or by JWT, and not of what was refused as unauthorized', async () => {
    const maker = await api.issueKey();
    const { accountId } = maker.record;
    const { key, record } = await api.issueKey({ accountId, permissions: [] });
    const path = `/v1/api-keys/${record.id}`;
    const lastUsed = async (): Promise<unknown> => {
      await api.get(UsageRecorder).flush();
      const item = (await call(api, maker.key, 'GET', path)).body;
      const { data } = (await call(api, maker.key, 'GET', '/v1/api-keys')).body;
      expect(data.find(({ id }) => id === record.id)?.['last_used_at']).toBe(item['last_used_at']);
      return item['last_used_at'];
    };
    const within = async (use: () => Promise<unknown>): Promise<void> => {
      const earliest = new Date().toISOString();
      await use();
      const latest = new Date().toISOString();
      const at = await lastUsed();
      expect(at).toMatch(/Z$/);
      expect([earliest, at, latest].sort()).toEqual([earliest, at, latest]);
    };
    expect(await lastUsed()).toBeNull();
    await within(() => get('/v1/me', key));
    await within(() => get('/v1/me', mint(key, claims('user'), { kid: record.id })));
    await within(() => get('/v1/workflows', key));

    const json = { status: 'disabled' };
    const patched = await call(api, maker.key, 'PATCH', path, { json });
    const before = await lastUsed();
    expect(patched.body['last_used_at']).toBe(before);
    expect(await get('/v1/me', key)).toBe(401);
    expect(await lastUsed()).toBe(before);
  });

  it('touches no key', async () => {
    const { key, record } = await api.issueKey();
    const version = 'SELECT xmin FROM auth_api_keys WHERE id = $1';
    const before = await api.database.query(version, [record.id]);
    await get('/v1/me', key);
    await api.get(UsageRecorder).flush();
    expect(await api.database.query(version, [record.id])).toEqual(before);
  });
});
