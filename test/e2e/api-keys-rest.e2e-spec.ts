import { ApiKeyService, type IssuedApiKey } from '@clary/nestjs-auth';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../support/api.js';
import { call, withoutKey, type JsonAnswer, type JsonBody } from '../support/json-client.js';
import { claims, mint } from '../support/tokens.js';

let api: TestApi;
let maker: IssuedApiKey;
beforeAll(async () => {
  api = await startTestApi();
  maker = await api.issueKey({ tier: 'professional' });
});
afterAll(() => api.stop());

const send = (method: string, path: string, json?: unknown): Promise<JsonAnswer> =>
  call(api, maker.key, method, path, json === undefined ? {} : { json });

const GOOD = { name: 'Importer', permissions: ['documents:read'] };
const fieldsOf = ({ body }: JsonAnswer): (string | undefined)[] =>
  (body.error?.details ?? []).map(({ field }) => field);

const PAST = '2020-01-01T00:00:00.000Z';
const FUTURE = '2099-01-01T00:00:00.000Z';
const long = (length: number): string => 'x'.repeat(length);
const many = <Item>(item: (n: number) => Item): Item[] =>
  Array.from({ length: 101 }, (_, n) => item(n));

/** Values of the wrong shape: 400 in a new key as in a patch. */
const MISSHAPEN: [string, unknown][] = [
  ['name', ''],
  ['name', long(101)],
  ['name', 'a\nb'],
  ['name', 'a\u0000b'],
  ['name', '\ud800'],
  ['name', null],
  ['name', 7],
  ['permissions', 'documents:read'],
  ['permissions', null],
  ['permissions.0', [7]],
  ['permissions.0', [long(101)]],
  ['permissions', many((n) => `a:${n}`)],
  ['tier', 'gold'],
  ['tier', null],
  ['methods', []],
  ['methods', null],
  ['methods.0', ['cookie']],
  ['rate_limit', 0],
  ['rate_limit', -1],
  ['rate_limit', 1.5],
  ['rate_limit', '60'],
  ['expires_at', PAST],
  ['expires_at', '2099-01-01'],
  ['expires_at', '2099-02-30T00:00:00Z'],
  ['expires_at', '9999-12-31T23:59:59-10:00'],
  ['expires_at', 4_102_444_800],
  ['allowed_ips', []],
  ['allowed_ips', '192.0.2.1'],
  ['allowed_ips.0', ['192.0.2.300']],
  ['allowed_ips.0', ['192.0.2.0/33']],
  ['allowed_ips.0', ['010.0.0.1']],
  ['allowed_ips.1', ['192.0.2.1', '2001:db8::/129']],
  ['allowed_ips.0', ['fe80::1%eth0']],
  ['allowed_ips', many((n) => `192.0.2.${n}`)],
  ['metadata', 'x'],
  ['metadata', []],
  ['metadata', { note: long(16 * 1024) }],
  ['metadata', { note: 'a\u0000b' }],
];

/** Values that are well-formed and impossible. */
const IMPOSSIBLE: [string, unknown][] = [
  ['permissions', ['documents:fly']],
  ['permissions', ['documents']],
  ['permissions', ['documents:*:x']],
  ['permissions', ['*:read']],
  ['permissions', ['a\u0000b']],
  ['rate_limit', 2001],
  ['rate_limit', Number.MAX_SAFE_INTEGER],
];

describe('a key that is to be made', () => {
  it.each(MISSHAPEN)('must have the right %s: not %j', async (field, value) => {
    const [member = ''] = field.split('.');
    const answer = await send('POST', '/v1/api-keys', { ...GOOD, [member]: value });
    expect([answer.status, fieldsOf(answer)]).toEqual([400, [field]]);
  });

  it.each(IMPOSSIBLE)('must have a possible %s: not %j', async (field, value) => {
    const answer = await send('POST', '/v1/api-keys', { ...GOOD, [field]: value });
    expect([answer.status, fieldsOf(answer)]).toEqual([422, [field]]);
  });

  it.each([
    ['a member that is not known', { ...GOOD, colour: 'red' }, ''],
    ['a status', { ...GOOD, status: 'disabled' }, ''],
    ['a secret of its own', { ...GOOD, key: 'x' }, ''],
    ['an environment that there is none of', { ...GOOD, environment: 'test' }, 'environment'],
    ['no name', { permissions: [] }, 'name'],
    ['no permissions', { name: 'x' }, 'permissions'],
    ['nothing', {}, 'name'],
    ['no object', [], ''],
    ['metadata that is null', { ...GOOD, metadata: null }, 'metadata'],
  ])('is refused with %s', async (_, body, field) => {
    const answer = await send('POST', '/v1/api-keys', body);
    expect([answer.status, fieldsOf(answer)[0]]).toEqual([400, field]);
  });

  it('says everything that is wrong at once', async () => {
    const body = { name: '', permissions: 'x', methods: [], rate_limit: 0 };
    const answer = await send('POST', '/v1/api-keys', body);
    expect(fieldsOf(answer).sort()).toEqual(['methods', 'name', 'permissions', 'rate_limit']);
  });

  it('may not be above its account, whoever makes it', async () => {
    const { record } = await api.issueKey({ tier: 'lite' });
    for (const [member, value] of [
      ['tier', 'standard'],
      ['rate_limit', 101],
    ]) {
      const json = {
        ...GOOD,
        permissions: [],
        account_id: record.accountId,
        [String(member)]: value,
      };
      const answer = await call(api, api.adminKey, 'POST', '/v1/api-keys', { json });
      expect([answer.status, fieldsOf(answer)]).toEqual([422, [member]]);
    }
  });

  it.each(['acct_0000000000000000', 'x', '', 'a\u0000b'])(
    'is for an account that there is: not %j',
    async (account_id) => {
      for (const credential of [maker.key, api.adminKey]) {
        const json = { ...GOOD, permissions: [], account_id };
        const answer = await call(api, credential, 'POST', '/v1/api-keys', { json });
        expect(answer.status).toBe(404);
      }
    },
  );

  it('has what was said and no more, each value once', async () => {
    const said = {
      name: 'Everything',
      permissions: ['documents:read', 'workflows:*', 'documents:read'],
      tier: 'standard',
      environment: 'development',
      methods: ['jwt', 'jwt'],
      rate_limit: 500,
      expires_at: '2099-01-01T01:00:00+01:00',
      allowed_ips: ['192.0.2.0/24', '2001:db8::1', '192.0.2.0/24'],
      metadata: { nested: { list: [1, null, 'ä'] } },
      account_id: maker.record.accountId,
    };
    const { status, headers, body } = await send('POST', '/v1/api-keys', said);
    expect(status).toBe(201);
    expect(headers.get('location')).toBe(`/v1/api-keys/${body.id}`);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('idempotency-replayed')).toBeNull();
    expect(body).toMatchObject({
      ...said,
      permissions: ['documents:read', 'workflows:*'],
      methods: ['jwt'],
      expires_at: FUTURE,
      allowed_ips: ['192.0.2.0/24', '2001:db8::1'],
    });
    const read = await send('GET', `/v1/api-keys/${body.id}`);
    expect(read.body).toEqual(withoutKey(body));
    expect(read.headers.get('cache-control')).toBe('private');
  });

  it('may have no permissions, metadata of just 16 KB, and a name of 100 astral characters', async () => {
    const frame = JSON.stringify({ note: '' }).length;
    const metadata = { note: long(16 * 1024 - frame) };
    const body = { name: '𝒳'.repeat(100), permissions: [], metadata };
    const answer = await send('POST', '/v1/api-keys', body);
    expect(answer.body).toMatchObject(body);
  });
});

describe('a key that is to be changed', () => {
  let path: string;
  beforeAll(async () => {
    path = `/v1/api-keys/${(await send('POST', '/v1/api-keys', GOOD)).body.id}`;
  });

  it.each(MISSHAPEN)('must have the right %s: not %j', async (field, value) => {
    const [member = ''] = field.split('.');
    const answer = await send('PATCH', path, { [member]: value });
    expect([answer.status, fieldsOf(answer)]).toEqual([400, [field]]);
  });

  it.each(IMPOSSIBLE)('must have a possible %s: not %j', async (field, value) => {
    const answer = await send('PATCH', path, { [field]: value });
    expect([answer.status, fieldsOf(answer)]).toEqual([422, [field]]);
  });

  it.each([
    { environment: 'staging' },
    { account_id: 'acct_0000000000000000' },
    { key: 'x' },
    { id: 'key_0000000000000000' },
    { source: 'cli' },
    { created_by: null },
    { revoked_at: null },
  ])('keeps what no patch changes: %j', async (body) => {
    expect((await send('PATCH', path, body)).status).toBe(400);
  });

  it.each([{ status: 'revoked' }, { status: 'expired' }, { status: null }])(
    'is active or disabled: not %j',
    async (body) => {
      const answer = await send('PATCH', path, body);
      expect([answer.status, fieldsOf(answer)]).toEqual([400, ['status']]);
    },
  );

  it('loses what null clears and keeps what is absent', async () => {
    const set = {
      rate_limit: 60,
      allowed_ips: ['127.0.0.1'],
      metadata: { a: 1 },
      expires_at: FUTURE,
    };
    expect((await send('PATCH', path, set)).body).toMatchObject({ ...GOOD, ...set });
    expect((await send('PATCH', path, {})).body).toMatchObject({ ...GOOD, ...set });
    const cleared = { rate_limit: null, allowed_ips: null, expires_at: null };
    const answer = await send('PATCH', path, { ...cleared, metadata: null });
    expect(answer.body).toMatchObject({ ...GOOD, ...cleared, metadata: {} });
  });

  it('is not, once it is revoked', async () => {
    const { body } = await send('POST', '/v1/api-keys', GOOD);
    const other = `/v1/api-keys/${body.id}`;
    const first = await send('DELETE', other);
    expect([first.status, first.body['status']]).toEqual([200, 'revoked']);
    for (const json of [{}, { name: 'x' }, { status: 'active' }, { expires_at: null }])
      expect((await send('PATCH', other, json)).status).toBe(409);
    expect((await send('POST', `${other}/revoke-tokens`)).status).toBe(409);
    expect((await send('POST', `${other}/rotate`, { grace_period_seconds: 0 })).status).toBe(409);
    const second = await send('DELETE', other);
    expect([second.status, second.body]).toEqual([200, first.body]);
  });
});

describe('a key that is to be replaced', () => {
  it.each([
    [{}, 'grace_period_seconds'],
    [{ grace_period_seconds: -1 }, 'grace_period_seconds'],
    [{ grace_period_seconds: 604_801 }, 'grace_period_seconds'],
    [{ grace_period_seconds: 1.5 }, 'grace_period_seconds'],
    [{ grace_period_seconds: '60' }, 'grace_period_seconds'],
    [{ grace_period_seconds: null }, 'grace_period_seconds'],
    [{ grace_period_seconds: 60, name: 'x' }, ''],
  ])('is not with %j', async (body, field) => {
    const answer = await send('POST', `/v1/api-keys/${maker.record.id}/rotate`, body);
    expect([answer.status, fieldsOf(answer)]).toEqual([400, [field]]);
  });

  it('ends at once without a grace, and its successor is shown once', async () => {
    const { body: old } = await send('POST', '/v1/api-keys', GOOD);
    const path = `/v1/api-keys/${old.id}`;
    const { status, headers, body } = await send('POST', `${path}/rotate`, {
      grace_period_seconds: 0,
    });
    expect(status).toBe(201);
    expect(headers.get('location')).toBe(`/v1/api-keys/${body.id}`);
    expect(headers.get('cache-control')).toBe('no-store');
    expect((await send('GET', path)).body['status']).toBe('expired');
    expect((await send('PATCH', path, { expires_at: null })).status).toBe(409);
    expect((await send('POST', `${path}/rotate`, { grace_period_seconds: 0 })).status).toBe(409);
  });
});

const IDS = ['key_0000000000000000', 'key_x', 'x', '%00', 'key_%C3%A4000000000000000', long(300)];

describe('an id that is nobody’s', () => {
  it.each(IDS)('is 404 everywhere: %j', async (id) => {
    const path = `/v1/api-keys/${id}`;
    for (const credential of [maker.key, api.adminKey]) {
      const answers = await Promise.all([
        call(api, credential, 'GET', path),
        call(api, credential, 'PATCH', path, { json: {} }),
        call(api, credential, 'DELETE', path),
        call(api, credential, 'POST', `${path}/revoke-tokens`),
        call(api, credential, 'POST', `${path}/rotate`, {
          json: { grace_period_seconds: 0 },
          headers: { 'idempotency-key': 'once' },
        }),
        call(api, api.adminKey, 'GET', `/v1/accounts/${id}`),
        call(api, api.adminKey, 'PATCH', `/v1/accounts/${id}`, { json: {} }),
      ]);
      expect(answers.map(({ status }) => status)).toEqual(Array(7).fill(404));
    }
  });
});

describe('a list of keys', () => {
  let lister: IssuedApiKey;
  const ids = new Map<string, string>();
  const list = async (query: string, credential = lister.key): Promise<JsonBody> =>
    (await call(api, credential, 'GET', `/v1/api-keys?${query}`)).body;
  const namesOf = ({ data }: JsonBody): unknown[] => data.map(({ name }) => name);

  beforeAll(async () => {
    lister = await api.issueKey({ name: 'lister' });
    const keys = api.get(ApiKeyService);
    const { accountId } = lister.record;
    const soon = new Date(Date.now() + 3_600_000);
    for (const [name, more] of [
      ['disabled', {}],
      ['revoked', {}],
      ['expired', {}],
      ['soon', { expiresAt: soon }],
      ['staging', { environment: 'staging' as const }],
    ] as const) {
      const { record } = await api.issueKey({ accountId, name, ...more });
      ids.set(name, record.id);
    }
    await keys.patch(ids.get('disabled') ?? '', { status: 'disabled' });
    await keys.revoke(ids.get('revoked') ?? '');
    await keys.rotate(ids.get('expired') ?? '', 0).then(({ key }) => api.knowKey(key));
  });

  it.each([
    ['', ['expired', 'staging', 'soon', 'expired', 'revoked', 'disabled', 'lister']],
    ['status=active', ['expired', 'staging', 'soon', 'lister']],
    ['status=disabled', ['disabled']],
    ['status=expired', ['expired']],
    ['status=revoked', ['revoked']],
    ['environment=staging', ['staging']],
    ['environment=production', []],
    ['environment=staging&status=disabled', []],
    ['expiring_within=2h', ['soon']],
    ['expiring_within=7200', ['soon']],
    ['expiring_within=120m', ['soon']],
    ['expiring_within=7200s', ['soon']],
    ['expiring_within=7d', ['soon']],
    ['expiring_within=1m', []],
    ['expiring_within=0', []],
  ])('has with ?%s, newest first: %j', async (query, names) => {
    expect(namesOf(await list(query))).toEqual(names);
  });

  it('has nothing of other accounts, unless an admin asks', async () => {
    const { accountId } = lister.record;
    expect(namesOf(await list(`account_id=${accountId}`))).toHaveLength(7);
    expect((await list(`account_id=${accountId}`, api.adminKey)).pagination).toMatchObject({
      total: 7,
    });
    expect(namesOf(await list('', api.adminKey))).toHaveLength(1);
    const all = await list('account_id=all&limit=100', api.adminKey);
    expect(new Set(all.data.map(({ account_id }) => account_id)).size).toBeGreaterThan(2);
    for (const account_id of ['all', maker.record.accountId, 'acct_0000000000000000', 'x']) {
      const answer = await call(api, lister.key, 'GET', `/v1/api-keys?account_id=${account_id}`);
      expect(answer.status).toBe(403);
    }
  });

  it('comes in pages, in one order, each key once', async () => {
    const offsets = [0, 3, 6];
    const pages = await Promise.all(offsets.map((offset) => list(`limit=3&offset=${offset}`)));
    expect(pages.map(({ pagination }) => pagination)).toEqual([
      { total: 7, limit: 3, offset: 0, next_offset: 3, prev_offset: null },
      { total: 7, limit: 3, offset: 3, next_offset: 6, prev_offset: 0 },
      { total: 7, limit: 3, offset: 6, next_offset: null, prev_offset: 3 },
    ]);
    const found = pages.flatMap(({ data }) => data);
    expect(found.map(({ id }) => id)).toEqual((await list('')).data.map(({ id }) => id));
    const order = found.map(({ created_at, id }) => [-Date.parse(String(created_at)), id] as const);
    expect(order).toEqual([...order].sort(([a, x], [b, y]) => a - b || (x < y ? -1 : 1)));
  });

  it.each([
    'status=gone',
    'environment=test',
    'expiring_within=',
    'expiring_within=7w',
    'expiring_within=-1',
    'expiring_within=1.5h',
    'expiring_within=36501d',
    'expiring_within=999999999d',
    'account_id=%00',
    'account_id=acct_%F0%9F%92%A9',
    'limit=0',
    'limit=101',
    'offset=-1',
    'colour=red',
    'status=active&status=revoked',
  ])('is refused with ?%s', async (query) => {
    const answer = await call(api, lister.key, 'GET', `/v1/api-keys?${query}`);
    expect(answer.status).toBe(400);
  });
});

describe('the calling key', () => {
  it('revokes itself, with any rights, and is refused from then on', async () => {
    const { key, record } = await api.issueKey({ permissions: [] });
    const answer = await call(api, key, 'DELETE', '/v1/me/key');
    expect([answer.status, answer.body.id, answer.body['status']]).toEqual([
      200,
      record.id,
      'revoked',
    ]);
    expect(answer.headers.get('cache-control')).toBe('private');
    expect((await api.request('DELETE', '/v1/me/key', { credential: key })).status).toBe(401);
  });

  it('is not revoked by a JWT that it signed', async () => {
    const { key, record } = await api.issueKey({ permissions: ['*', 'admin'] });
    const token = mint(key, claims('user', { scope: '* admin api-keys:write' }), {
      kid: record.id,
    });
    const answer = await api.request('DELETE', '/v1/me/key', { credential: token });
    expect(answer.status).toBe(403);
    expect(answer.headers.get('www-authenticate')).toContain('error="insufficient_scope"');
    expect((await api.request('GET', '/v1/me', { credential: key })).status).toBe(200);
  });
});

describe('other methods', () => {
  it.each([
    ['/v1/api-keys', 'GET, HEAD, OPTIONS, POST'],
    ['/v1/api-keys/key_0000000000000000', 'DELETE, GET, HEAD, OPTIONS, PATCH'],
    ['/v1/api-keys/key_0000000000000000/rotate', 'OPTIONS, POST'],
    ['/v1/api-keys/key_0000000000000000/revoke-tokens', 'OPTIONS, POST'],
    ['/v1/api-keys/key_0000000000000000/permissions-in-use', 'GET, HEAD, OPTIONS'],
    ['/v1/me/key', 'DELETE, OPTIONS'],
    ['/v1/accounts', 'GET, HEAD, OPTIONS, POST'],
    ['/v1/accounts/acct_0000000000000000', 'GET, HEAD, OPTIONS, PATCH'],
    ['/v1/audit-events', 'GET, HEAD, OPTIONS'],
    ['/v1/usage', 'GET, HEAD, OPTIONS'],
  ])('of %s are told: %s', async (path, allow) => {
    const options = await api.request('OPTIONS', path);
    const sorted = (options.headers.get('allow') ?? '').split(', ').sort().join(', ');
    expect([options.status, sorted]).toEqual([204, allow]);
    expect((await api.request('PUT', path)).status).toBe(405);
  });

  it('read without a body', async () => {
    for (const path of [`/v1/api-keys/${maker.record.id}`, '/v1/api-keys', '/v1/audit-events']) {
      const head = await api.request('HEAD', path, { credential: maker.key });
      expect([head.status, await head.text()]).toEqual([200, '']);
    }
  });
});
