import createClient, { type Client } from 'openapi-fetch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../support/api.js';
import { withoutKey } from '../support/json-client.js';
import type { components, paths } from '../generated/api-types.js';

/** A client as a customer makes it: types from the OpenAPI document, nothing else. */
let client: Client<paths>;
let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  const { key } = await api.issueKey({ tier: 'standard' });
  client = createClient<paths>({ baseUrl: api.url, headers: { authorization: `Bearer ${key}` } });
});
afterAll(() => api.stop());

/** Forms of any shape, for `openapi-fetch`, which writes JSON unless told. */
function toForm(body: Record<string, unknown>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(body)) {
    for (const part of [value].flat()) {
      if (part instanceof Blob) form.append(name, part);
      else form.append(name, typeof part === 'string' ? part : JSON.stringify(part));
    }
  }
  return form;
}

const text = (content: string, name: string): File => new File([content], name);

describe('a client with types from the OpenAPI document', () => {
  it('knows who it is', async () => {
    const { data } = await client.GET('/v1/me');
    const tier: 'lite' | 'standard' | 'professional' | undefined = data?.tier;
    expect(tier).toBe('standard');
  });

  it('uploads, lists, reads, downloads and deletes a document', async () => {
    const metadata = { project: 'apollo' };
    const body = { file: text('Hello, world', 'hello.txt'), name: 'Hello', metadata };
    const uploaded = await client.POST('/v1/documents', { body, bodySerializer: toForm });
    const id = uploaded.data?.document_id ?? '';
    expect(uploaded.response.headers.get('location')).toBe(`/v1/documents/${id}`);

    const query = { limit: 5, status: 'processed', content_type: 'text/plain' } as const;
    const listed = await client.GET('/v1/documents', { params: { query } });
    expect(listed.data?.data).toEqual([uploaded.data]);

    const one = { params: { path: { id } } };
    const { data: details } = await client.GET('/v1/documents/{id}', one);
    expect(details).toMatchObject({ name: 'Hello', metadata });
    expect(details?.processing_results?.text_content).toBe('Hello, world');

    const range = { params: { ...one.params, header: { Range: 'bytes=0-4' } } };
    const bytes = await client.GET('/v1/documents/{id}/content', { ...range, parseAs: 'text' });
    expect([bytes.response.status, bytes.data]).toEqual([206, 'Hello']);

    const deleted = await client.DELETE('/v1/documents/{id}', one);
    expect(deleted.data?.message).toBe('Document deleted successfully');
    const { error } = await client.GET('/v1/documents/{id}', one);
    expect(error?.error.code).toBe('not_found');
  });

  it('uploads several', async () => {
    const body = { file: [text('one', '1.txt'), text('two', '2.txt')] };
    const { data } = await client.POST('/v1/documents/batch', { body, bodySerializer: toForm });
    expect(data?.data.map(({ name }) => name)).toEqual(['1.txt', '2.txt']);
  });

  it('makes, changes, lists and deletes a workflow', async () => {
    const definition: components['schemas']['WorkflowDefinition'] = {
      tasks: [{ id: 'read', type: 'document_parser' }],
    };
    const body = { name: 'Invoices', definition };
    const { data: made } = await client.POST('/v1/workflows', { body });
    const path = { id: made?.workflow_id ?? '' };

    const change = { status: 'inactive', description: null } as const;
    const { data: changed } = await client.PATCH('/v1/workflows/{id}', {
      params: { path },
      body: change,
    });
    expect(changed).toMatchObject({ status: 'inactive', stats: { executions_total: 0 } });

    const { data: listed } = await client.GET('/v1/workflows', {
      params: { query: { status: 'inactive' } },
    });
    expect(listed?.pagination.total).toBe(1);

    const { data: deleted } = await client.DELETE('/v1/workflows/{id}', { params: { path } });
    expect(deleted?.success).toBe(true);
  });

  const makeOnce = async () => {
    const body = { name: 'Importer', permissions: ['documents:read'] };
    const header = { 'Idempotency-Key': 'importer-1' };
    const made = await client.POST('/v1/api-keys', { body, params: { header } });
    api.knowKey(made.data?.key ?? '');
    const again = await client.POST('/v1/api-keys', { body, params: { header } });
    expect(again.response.headers.get('idempotency-replayed')).toBe('true');
    expect(again.data).toEqual(withoutKey(made.data));
    return made.data?.id ?? '';
  };

  it('makes, changes, replaces and revokes an API key', async () => {
    const one = { params: { path: { id: await makeOnce() } } };
    const change = { rate_limit: 60, metadata: null } as const;
    const changed = await client.PATCH('/v1/api-keys/{id}', { ...one, body: change });
    expect(changed.data?.rate_limit).toBe(60);

    const rotated = await client.POST('/v1/api-keys/{id}/rotate', {
      ...one,
      body: { grace_period_seconds: 60 },
    });
    api.knowKey(rotated.data?.key ?? '');
    expect(rotated.data?.rotated_from).toBe(one.params.path.id);

    const path = { id: rotated.data?.id ?? '' };
    const tokens = await client.POST('/v1/api-keys/{id}/revoke-tokens', { params: { path } });
    expect(tokens.data?.tokens_not_before).not.toBeNull();
    const revoked = await client.DELETE('/v1/api-keys/{id}', { params: { path } });
    const status: 'active' | 'disabled' | 'expired' | 'revoked' | undefined = revoked.data?.status;
    expect(status).toBe('revoked');
  });

  it('reads what became of its keys', async () => {
    const query = { status: 'active', expiring_within: '1h' } as const;
    const listed = await client.GET('/v1/api-keys', { params: { query } });
    const [predecessor] = listed.data?.data ?? [];
    expect(predecessor?.rotated_to).toMatch(/^key_/);
    const events = await client.GET('/v1/audit-events', {
      params: { query: { action: 'api_key.rotated' } },
    });
    expect(events.data?.data[0]?.target.id).toBe(predecessor?.id);
    const path = { id: predecessor?.id ?? '' };
    const inUse = await client.GET('/v1/api-keys/{id}/permissions-in-use', { params: { path } });
    expect(inUse.data).toMatchObject({ granted: ['documents:read'], used: [], suggested: [] });
    const usage = await client.GET('/v1/usage', {
      params: { query: { granularity: 'day', key_id: path.id } },
    });
    expect(usage.error?.error.code).toBe('forbidden');
  });

  it('is told what is wrong, each with its place', async () => {
    const tasks = [{ id: 'a', type: 'transform' as const, depends_on: ['b'] }];
    const { error } = await client.POST('/v1/workflows', {
      body: { name: 'x', definition: { tasks } },
    });
    expect(error?.error.details).toEqual([
      { field: 'definition.tasks.0.depends_on.0', message: 'names no task of this workflow' },
    ]);
  });
});

/** Never called: it compiles only while what is misspelt does not. */
export async function misspelt(): Promise<void> {
  // @ts-expect-error no such path
  await client.GET('/v1/document');
  // @ts-expect-error no such method of this path
  await client.PUT('/v1/documents');
  // @ts-expect-error no such parameter
  await client.GET('/v1/documents', { params: { query: { limits: 10 } } });
  // @ts-expect-error no such status
  await client.GET('/v1/documents', { params: { query: { status: 'done' } } });
  // @ts-expect-error a limit is a number
  await client.GET('/v1/documents', { params: { query: { limit: '10' } } });
  // @ts-expect-error the id is missing
  await client.GET('/v1/documents/{id}');
  // @ts-expect-error no such way of calling, and the permissions are missing
  await client.POST('/v1/api-keys', { body: { name: 'x', methods: ['cookie'] } });
  // @ts-expect-error no such member, and what is needed is missing
  await client.POST('/v1/workflows', { body: { nome: 'x' } });
  const { data } = await client.GET('/v1/me');
  // @ts-expect-error no such member
  expect(data?.account).toBeUndefined();
}
