import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiKeyAuthenticator } from '@clary/nestjs-auth';
import { startTestApi, type TestApi } from '../support/api.js';

let api: TestApi;
let key: string;
beforeAll(async () => {
  api = await startTestApi();
  ({ key } = await api.issueKey({
    permissions: ['workflows:*', 'documents:read'],
    tier: 'standard',
  }));
});
afterAll(() => api.stop());

const DEFINITION = {
  tasks: [
    { id: 'read', type: 'document_parser', config: { pages: [1, 2] } },
    { id: 'next', type: 'transform', depends_on: ['read'] },
  ],
};

const create = (json: unknown, credential = key): Promise<Response> =>
  api.request('POST', '/v1/workflows', { credential, json });

const get = (path: string, credential = key): Promise<Response> =>
  api.request('GET', path, { credential });

async function created(more: object = {}): Promise<string> {
  const answer = await create({ name: 'Invoices', definition: DEFINITION, ...more });
  expect(answer.status).toBe(201);
  return ((await answer.json()) as { workflow_id: string }).workflow_id;
}

describe('the life of a workflow', () => {
  it('is created, listed, read and deleted', async () => {
    const answer = await create({
      name: 'Invoices',
      description: 'Reads them',
      definition: DEFINITION,
    });
    expect(answer.status).toBe(201);
    const { stats, ...item } = (await answer.json()) as {
      workflow_id: string;
      created_at: string;
      stats: object;
    };
    const id = item.workflow_id;
    expect(answer.headers.get('location')).toBe(`/v1/workflows/${id}`);
    expect(item).toEqual({
      workflow_id: expect.stringMatching(/^wf_[0-9A-Za-z]{16}$/) as string,
      name: 'Invoices',
      description: 'Reads them',
      created_at: expect.stringMatching(/Z$/) as string,
      updated_at: item.created_at,
      status: 'active',
      definition: DEFINITION,
    });
    expect(stats).toEqual({
      executions_total: 0,
      executions_successful: 0,
      executions_failed: 0,
      average_duration_ms: null,
    });
    expect(await (await get(`/v1/workflows/${id}`)).json()).toEqual({ ...item, stats });
    expect(await (await get('/v1/workflows?status=active')).json()).toMatchObject({
      data: [item],
      pagination: { total: 1 },
    });
    expect(await (await get('/v1/workflows?status=inactive')).json()).toMatchObject({ data: [] });
    const deleted = await api.request('DELETE', `/v1/workflows/${id}`, { credential: key });
    expect([deleted.status, await deleted.text()]).toEqual([
      200,
      '{"success":true,"message":"Workflow deleted successfully"}',
    ]);
    expect((await get(`/v1/workflows/${id}`)).status).toBe(404);
  });
});

describe('a change of a workflow', () => {
  const patch = (id: string, json: unknown, credential = key): Promise<Response> =>
    api.request('PATCH', `/v1/workflows/${id}`, { credential, json });
  const read = async (id: string): Promise<Record<string, unknown>> =>
    (await (await get(`/v1/workflows/${id}`)).json()) as Record<string, unknown>;

  it('changes what it names; what is absent stays, null clears', async () => {
    const id = await created({ description: 'Reads them' });
    const before = await read(id);
    const renamed = await patch(id, { name: 'Bills', status: 'inactive' });
    expect(renamed.status).toBe(200);
    const after = (await renamed.json()) as Record<string, string>;
    expect(after).toEqual({
      ...before,
      name: 'Bills',
      status: 'inactive',
      updated_at: after['updated_at'],
    });
    expect(Date.parse(after['updated_at'] ?? '')).toBeGreaterThan(
      Date.parse(String(before['updated_at'])),
    );
    const definition = { tasks: [{ id: 'only', type: 'webhook' }] };
    await patch(id, { description: null, definition });
    expect(await read(id)).toMatchObject({ name: 'Bills', description: null, definition });
  });

  it('is all or nothing', async () => {
    const id = await created();
    const before = await read(id);
    const cyclic = { tasks: [{ id: 'a', type: 'transform', depends_on: ['a'] }] };
    for (const [json, status] of [
      [{ name: null }, 400],
      [{ status: null }, 400],
      [{ definition: null }, 400],
      [{ workflow_id: 'wf_x' }, 400],
      [{ name: 'Bills', definition: { tasks: [] } }, 400],
      [{ name: 'Bills', definition: cyclic }, 422],
    ] as const) {
      expect((await patch(id, json)).status).toBe(status);
    }
    expect(await read(id)).toEqual(before);
  });

  it('does not undo another that is made at the same time', async () => {
    const id = await created();
    const changes = [{ name: 'Bills' }, { description: 'New' }, { status: 'inactive' }];
    const answers = await Promise.all(changes.map((change) => patch(id, change)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await read(id)).toMatchObject(Object.assign({}, ...changes) as object);
  });

  it('wants to read documents where there is a trigger before or after, and so does its deletion', async () => {
    const { key: writer } = await api.issueKey({
      accountId: (await api.get(ApiKeyAuthenticator).authenticateKey(key, () => null)).accountId,
      permissions: ['workflows:write'],
    });
    const triggered = { ...DEFINITION, triggers: [{ type: 'document.created' }] };
    const id = await created({ definition: triggered });
    expect((await patch(id, { status: 'inactive' }, writer)).status).toBe(403);
    expect((await patch(id, { definition: DEFINITION }, writer)).status).toBe(403);
    const path = `/v1/workflows/${id}`;
    expect((await api.request('DELETE', path, { credential: writer })).status).toBe(403);
    expect((await patch(id, { definition: DEFINITION })).status).toBe(200);
    expect((await patch(id, { definition: triggered }, writer)).status).toBe(403);
    expect((await patch(id, { status: 'inactive' }, writer)).status).toBe(200);
  });

  it('of none, or of another account, is not found', async () => {
    const id = await created();
    const { key: stranger } = await api.issueKey({ permissions: ['*', 'admin'] });
    expect((await patch(id, { name: 'Mine' }, stranger)).status).toBe(404);
    expect((await patch('wf_0000000000000000', { name: 'x' })).status).toBe(404);
    expect((await patch('x', { name: 'x' })).status).toBe(404);
  });
});

describe('a definition that cannot be carried out', () => {
  it('is told every place', async () => {
    const tasks = [
      { id: 'a', type: 'teleport' },
      { id: 'a', type: 'transform', depends_on: ['b'] },
    ];
    const answer = await create({ name: 'x', definition: { tasks } });
    expect(answer.status).toBe(422);
    const { error } = (await answer.json()) as { error: { code: string; details: object[] } };
    expect(error.code).toBe('unprocessable');
    expect(error.details).toMatchObject([
      { field: 'definition.tasks.0.type' },
      { field: 'definition.tasks.1.id' },
      { field: 'definition.tasks.1.depends_on.0' },
    ]);
  });
});

describe('what a workflow says', () => {
  it('is kept whole, also under names that objects have by themselves', async () => {
    const config = { constructor: 'x', prototype: { valueOf: 1 }, toString: null };
    const definition = { tasks: [{ id: 'a', type: 'transform', config }] };
    const id = await created({ definition });
    const kept = (await (await get(`/v1/workflows/${id}`)).json()) as { definition: object };
    expect(JSON.stringify(kept.definition)).toContain('"constructor":"x"');
    expect(JSON.stringify(kept.definition)).toContain('"prototype":{"valueOf":1}');
  });
});

describe('a workflow that is refused', () => {
  const task = { id: 'a', type: 'transform' };

  it.each([
    ['definition', { name: 'x' }],
    ['name', { definition: DEFINITION }],
    ['name', { name: '', definition: DEFINITION }],
    ['name', { name: 'a\nb', definition: DEFINITION }],
    ['', { name: 'x', definition: DEFINITION, colour: 'red' }],
    ['status', { name: 'x', definition: DEFINITION, status: 'paused' }],
    ['description', { name: 'x', definition: DEFINITION, description: 'x'.repeat(1001) }],
    ['description', { name: 'x', definition: DEFINITION, description: 'a\u0000' }],
    ['definition.tasks', { name: 'x', definition: { tasks: [] } }],
    ['definition.tasks.0.id', { name: 'x', definition: { tasks: [{ type: 'transform' }] } }],
    ['definition.tasks.0', { name: 'x', definition: { tasks: [{ ...task, extra: 1 }] } }],
    [
      'definition.tasks.0.config',
      { name: 'x', definition: { tasks: [{ ...task, config: { a: '\u0000' } }] } },
    ],
    ['definition.tasks.0.config', { name: 'x', definition: { tasks: [{ ...task, config: [] }] } }],
    ['', []],
    ['', 'text'],
    ['', null],
  ])('is told the place: %s', async (field, json) => {
    const answer = await create(json);
    expect(answer.status).toBe(400);
    const { error } = (await answer.json()) as {
      error: { code: string; details: { field: string }[] };
    };
    expect(error.code).toBe('invalid_request');
    expect(error.details.map((detail) => detail.field)).toContain(field);
  });

  it.each([
    ['broken JSON', '{', 'application/json', 400, 'invalid_request'],
    ['no body', '', 'application/json', 400, 'invalid_request'],
    ['a form', 'name=x', 'application/x-www-form-urlencoded', 415, 'unsupported_media_type'],
    ['a text', 'x', 'text/plain', 415, 'unsupported_media_type'],
    ['a multipart form', '--b--', 'multipart/form-data; boundary=b', 415, 'unsupported_media_type'],
    [
      'more than 256 KB',
      JSON.stringify({ name: 'x'.repeat(256 * 1024) }),
      'application/json',
      413,
      'payload_too_large',
    ],
    [
      'a hundred thousand levels',
      '['.repeat(100_000) + ']'.repeat(100_000),
      'application/json',
      400,
      'invalid_request',
    ],
    ['a prototype', '{"__proto__":{"x":1}}', 'application/json', 400, 'invalid_request'],
  ])('because its body is %s', async (_, body, type, status, code) => {
    const answer = await api.request('POST', '/v1/workflows', {
      credential: key,
      body,
      headers: { 'content-type': type },
    });
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ error: { code } });
  });
});

describe('whoever may not', () => {
  it('has no workflows at the lite tier', async () => {
    const { key: lite } = await api.issueKey({ permissions: ['*'], tier: 'lite' });
    const refused = await create({ name: 'x', definition: DEFINITION }, lite);
    expect(refused.status).toBe(403);
    expect(refused.headers.get('www-authenticate')).toBe(
      'Bearer realm="clary", error="insufficient_scope", tier="standard"',
    );
    expect((await get('/v1/workflows', lite)).status).toBe(403);
  });

  it('makes no workflow with a trigger without reading documents', async () => {
    const { key: writer } = await api.issueKey({
      permissions: ['workflows:write'],
      tier: 'standard',
    });
    const definition = { ...DEFINITION, triggers: [{ type: 'document.created' }] };
    const refused = await create({ name: 'x', definition }, writer);
    expect([refused.status, await refused.text()]).toEqual([
      403,
      '{"error":{"code":"forbidden","message":"Insufficient permissions"}}',
    ]);
    expect(refused.headers.get('www-authenticate')).toBe(
      'Bearer realm="clary", error="insufficient_scope", scope="documents:read"',
    );
    expect(api.linesOf(refused.headers.get('x-request-id'))).toContainEqual(
      expect.objectContaining({ missing: { permissions: ['documents:read'] } }),
    );
    expect((await create({ name: 'x', definition: DEFINITION }, writer)).status).toBe(201);
    expect((await create({ name: 'x', definition })).status).toBe(201);
  });

  it('reaches no workflow of another account', async () => {
    const id = await created();
    const { key: stranger } = await api.issueKey({ permissions: ['*', 'admin'] });
    expect((await get(`/v1/workflows/${id}`, stranger)).status).toBe(404);
    expect(
      (await api.request('DELETE', `/v1/workflows/${id}`, { credential: stranger })).status,
    ).toBe(404);
    expect(await (await get('/v1/workflows', stranger)).json()).toMatchObject({ data: [] });
    expect((await get(`/v1/workflows/${id}`)).status).toBe(200);
  });
});
