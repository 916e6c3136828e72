import type { Permission } from '@clary/nestjs-auth';
import { HttpAdapterHost } from '@nestjs/core';
import type { OpenAPIObject, OperationObject } from '@nestjs/swagger';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PERMISSIONS, TIERS } from '../../apps/api/src/auth-types.js';
import { previewDocument } from '../../apps/api/src/openapi/preview.js';
import { startTestApi, type TestApi } from '../support/api.js';
import { pathsOf } from '../support/server-routes.js';
import { claims, mint } from '../support/tokens.js';

/** An operation with what it says of its callers. */
interface DescribedOperation extends OperationObject {
  readonly path: string;
  readonly method: string;
  readonly 'x-required-permissions'?: Permission[];
  readonly 'x-required-tier'?: (typeof TIERS)[number];
  readonly 'x-required-method'?: 'api_key';
}

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

// Known before the tests, so that each operation has one of its own.
const document = await previewDocument();
const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item as Record<string, OperationObject>).map(
    ([method, operation]): DescribedOperation => ({ ...operation, path, method }),
  ),
);
const guarded = operations.filter(({ security }) => security?.length !== 0);
const open = operations.filter(({ security }) => security?.length === 0);

/** Sends what reaches the guard, whatever becomes of it after. */
function call({ path, method }: DescribedOperation, credential?: string): Promise<Response> {
  const anywhere = path.replace(/\{.*?\}/g, 'x');
  return api.request(method.toUpperCase(), anywhere, {
    ...(credential !== undefined && { credential }),
  });
}

describe('the OpenAPI document', () => {
  it('is served, and is the same without a running API', async () => {
    const answer = await api.request('GET', '/openapi.json');
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await answer.json()).toEqual(JSON.parse(JSON.stringify(document)));
  });

  it('has every route of the server, and no other', async () => {
    const fastify = api.get(HttpAdapterHost).httpAdapter.getInstance<FastifyInstance>();
    const routes = await Promise.all(
      pathsOf(fastify).map(async (path) => {
        const allow = (await api.request('OPTIONS', path.replaceAll(/:\w+/g, 'x'))).headers.get(
          'allow',
        );
        const methods = (allow ?? '')
          .split(', ')
          .filter((name) => !['HEAD', 'OPTIONS'].includes(name));
        return methods.map((name) => `${name} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
      }),
    );
    const described = operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
    expect(routes.flat().sort()).toEqual(described.sort());
  });

  it('speaks of the settings of the installation', async () => {
    const variables = {
      CLARY_JWT_MAX_LIFETIME: '120',
      CLARY_JWT_AUDIENCE: 'shop',
      CLARY_ENVIRONMENT: 'staging',
    };
    const other = await startTestApi({ variables });
    const answer = await other.request('GET', '/openapi.json');
    const { components } = (await answer.json()) as OpenAPIObject;
    const text = JSON.stringify(components?.securitySchemes);
    for (const said of ['120 s', '`shop`', '`staging`']) expect(text).toContain(said);
    await other.stop();
  });

  it('lets no answer have members that it does not name', () => {
    const free = [
      'metadata',
      'config',
      'error_handling',
      'triggers',
      'OpenApiDocument',
      'AuditEvent/properties/before',
      'AuditEvent/properties/after',
    ];
    expect(
      openObjects(document.components?.schemas, '').filter(
        (at) => !free.some((name) => at.includes(name)),
      ),
    ).toEqual([]);
  });
});

/** Where a schema takes any member. */
function openObjects(schema: unknown, at: string): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { type, additionalProperties } = schema as Record<string, unknown>;
  const own = type === 'object' && additionalProperties !== false ? [at] : [];
  return [
    ...own,
    ...Object.entries(schema).flatMap(([name, value]) => openObjects(value, `${at}/${name}`)),
  ];
}

describe.each(operations)('$method $path', (operation) => {
  it('has a name of its own, and says what it does', () => {
    const { operationId = '', summary = '', description = '', tags = [] } = operation;
    expect(operations.filter((other) => other.operationId === operationId)).toHaveLength(1);
    expect(operationId).toMatch(/^[a-z]+([A-Z][a-z]+)*$/);
    expect(summary).toMatch(/^[A-Z].*[^.]$/);
    expect(description).toMatch(/^[A-Z].*[.|]$/s);
    const described = document.tags?.filter(
      ({ name, description: text }) => tags.includes(name) && text,
    );
    expect(described).toHaveLength(1);
  });

  it('says what each parameter means', () => {
    for (const parameter of operation.parameters ?? []) {
      expect(parameter).toMatchObject({ description: expect.stringMatching(/\.$/) as string });
    }
  });

  it('says what it answers, bodies included', () => {
    const answers = Object.entries(operation.responses);
    expect(answers.some(([status]) => status.startsWith('2'))).toBe(true);
    for (const [status, answer] of answers) {
      const { description, headers, content } = resolve(answer);
      expect(description).toMatch(/^[A-Z].*\.$/s);
      expect(Object.keys(headers ?? {})).toContain('X-Request-Id');
      expect(content === undefined).toBe(status === '304');
    }
  });
});

function resolve(answer: unknown): Record<string, unknown> {
  const { $ref } = answer as { $ref?: string };
  const name = $ref?.split('/').at(-1) ?? '';
  return ($ref === undefined ? answer : document.components?.responses?.[name]) as Record<
    string,
    unknown
  >;
}

describe('who may call', () => {
  it.each(open)('$method $path: everybody', async (operation) => {
    expect([401, 403]).not.toContain((await call(operation)).status);
    expect(Object.keys(operation.responses)).not.toContain('401');
  });

  it.each(guarded)('$method $path: nobody without a credential', async (operation) => {
    expect((await call(operation)).status).toBe(401);
  });

  it.each(guarded)('$method $path: who has exactly what it names', async (operation) => {
    const permissions = operation['x-required-permissions'] ?? [];
    const tier = operation['x-required-tier'] ?? 'lite';
    const { key } = await api.issueKey({ permissions, tier });
    expect([401, 403]).not.toContain((await call(operation, key)).status);
  });

  it.each(guarded)('$method $path: nobody who lacks any of it', async (operation) => {
    const permissions = operation['x-required-permissions'] ?? [];
    for (const lacking of permissions) {
      const others = [...PERMISSIONS, 'admin'].filter((name) => name !== lacking);
      const { key } = await api.issueKey({ permissions: others });
      expect((await call(operation, key)).status).toBe(403);
    }
    const below = TIERS[TIERS.indexOf(operation['x-required-tier'] ?? 'lite') - 1];
    if (below !== undefined) {
      const { key } = await api.issueKey({ tier: below });
      expect((await call(operation, key)).status).toBe(403);
    }
    const method = operation['x-required-method'];
    if (method !== undefined) {
      const { key, record } = await api.issueKey();
      const token = mint(key, claims('user', { scope: '*' }), { kid: record.id });
      expect((await call(operation, token)).status).toBe(403);
    }
    const mayFail = permissions.length > 0 || below !== undefined || method !== undefined;
    expect(Object.keys(operation.responses).includes('403')).toBe(mayFail);
  });
});

describe('what is served', () => {
  const files = [
    '/openapi.json',
    '/docs',
    '/docs/start.js',
    '/docs/swagger-ui-bundle.js',
    '/docs/swagger-ui.css',
    '/docs/favicon-32x32.png',
  ];

  it.each(files)('is kept by who has it: %s', async (path) => {
    const answer = await api.request('GET', path);
    const etag = answer.headers.get('etag') ?? '';
    expect(answer.headers.get('cache-control')).toBe('public, no-cache');
    expect((await answer.arrayBuffer()).byteLength).toBe(
      Number(answer.headers.get('content-length')),
    );
    const again = { headers: { 'if-none-match': `W/${etag}, "other"` } };
    for (const method of ['GET', 'HEAD']) {
      const unchanged = await api.request(method, path, again);
      expect([unchanged.status, await unchanged.text()]).toEqual([304, '']);
      expect([unchanged.headers.get('etag'), unchanged.headers.get('content-length')]).toEqual([
        etag,
        null,
      ]);
    }
    const changed = await api.request('GET', path, { headers: { 'if-none-match': '"other"' } });
    expect(changed.status).toBe(200);
  });

  it.each([
    '/docs/',
    '/docs/index.html',
    '/docs/..%2Fpackage.json',
    '/docs/%2e%2e/openapi.json.js',
    '/docs/__proto__',
  ])('is nothing else: %s', async (path) => {
    expect((await api.request('GET', path)).status).toBe(404);
  });

  it('is a page that runs nothing but what comes from this server, in no frame', async () => {
    const answer = await api.request('GET', '/docs');
    const policy = answer.headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    const html = await answer.text();
    const loaded = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, url]) => `/${url}`);
    expect(loaded).toHaveLength(5);
    for (const path of loaded) expect((await api.request('GET', path)).status).toBe(200);
    expect(html).not.toMatch(/<script(?! src=)|<style|style=|onload=/);
  });
});
