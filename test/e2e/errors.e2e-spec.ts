import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../support/api.js';
import { sendRaw } from '../support/raw-request.js';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ variables: { CLARY_CORS_ORIGINS: 'https://app.example.com' } });
});
afterAll(() => api.stop());

const body = (code: string, message: string): string =>
  JSON.stringify({ error: { code, message } });
const NOT_FOUND = body('not_found', 'Not found');
const NOT_ALLOWED = body('method_not_allowed', 'Method not allowed');

const raw = (...lines: string[]): ReturnType<typeof sendRaw> =>
  sendRaw(api.url, [...lines, 'Host: x', 'Connection: close', '', ''].join('\r\n'));

describe('a path that does not exist', () => {
  it.each(['GET', 'POST', 'DELETE', 'OPTIONS', 'PROPFIND'])(
    'is not found by %s',
    async (method) => {
      const answer = await api.request(method, '/v1/nothing');
      expect([answer.status, await answer.text()]).toEqual([404, NOT_FOUND]);
      expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    },
  );

  it('is not found whatever its body, and without a credential', async () => {
    const headers = { 'content-type': 'application/json' };
    expect((await api.request('POST', '/v1/nothing', { body: '{', headers })).status).toBe(404);
    expect(
      (await api.request('POST', '/v1/nothing', { body: 'x'.repeat(300_000), headers })).status,
    ).toBe(404);
  });

  it.each([
    '/v1/me/',
    '/V1/ME',
    '/v1//me',
    '/v1/me%00',
    '/v1/%6de/x',
    '/v1/me;x',
    `/v1/${'x'.repeat(2000)}`,
  ])('is no way round the guard: %s', async (path) => {
    const answer = await raw(`GET ${path} HTTP/1.1`);
    expect([400, 401, 404]).toContain(answer.status);
    expect(answer.body).toMatch(/^\{"error":\{"code":"(invalid_request|unauthorized|not_found)"/);
  });

  it('that no router can read is a bad request', async () => {
    const answer = await raw('GET /v1/%zz HTTP/1.1');
    expect([answer.status, answer.body]).toEqual([
      400,
      body('invalid_request', 'The request is not well-formed'),
    ]);
    expect(answer.head).toMatch(/x-request-id: /i);
  });
});

describe('a method that a path does not have', () => {
  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND', 'TRACE'])(
    'is refused: %s',
    async (method) => {
      const answer = await raw(`${method} /v1/me HTTP/1.1`);
      expect([answer.status, answer.body]).toEqual([405, NOT_ALLOWED]);
      expect(answer.head).toMatch(/\r\nallow: GET, HEAD, OPTIONS\r\n/i);
    },
  );

  it('is refused whatever its body', async () => {
    const headers = { 'content-type': 'application/json' };
    const answer = await api.request('POST', '/v1/me', { body: '{', headers });
    expect(answer.status).toBe(405);
  });

  it('is listed by OPTIONS', async () => {
    const answer = await api.request('OPTIONS', '/v1/me');
    expect([answer.status, answer.headers.get('allow'), await answer.text()]).toEqual([
      204,
      'GET, HEAD, OPTIONS',
      '',
    ]);
  });
});

describe('HEAD', () => {
  it('is GET without a body, guard included', async () => {
    const { key } = await api.issueKey();
    const answer = await api.request('HEAD', '/v1/me', { credential: key });
    expect([answer.status, await answer.text()]).toEqual([200, '']);
    expect((await api.request('HEAD', '/v1/me')).status).toBe(401);
  });
});

describe('what Node itself refuses', () => {
  it('has the error body too: a request that is none', async () => {
    const answer = await raw('GET /v1/me HTTP/1.1', 'Bad Header: x');
    expect([answer.status, answer.body]).toEqual([
      400,
      body('invalid_request', 'The request is not well-formed'),
    ]);
    expect(answer.head).toMatch(/\r\nX-Request-Id: req_/);
  });

  it('has the error body too: headers beyond 16 KB', async () => {
    const answer = await raw('GET /v1/me HTTP/1.1', `X-Long: ${'x'.repeat(20_000)}`);
    expect([answer.status, answer.body]).toEqual([
      431,
      body('headers_too_large', 'The headers are too large'),
    ]);
  });
});

describe('the request id', () => {
  it.each(['a', 'A-b_c.9', 'x'.repeat(64)])('is the client’s own: %s', async (id) => {
    const answer = await api.request('GET', '/v1/me', { headers: { 'x-request-id': id } });
    expect(answer.headers.get('x-request-id')).toBe(id);
  });

  it.each(['a b', 'ä', 'x'.repeat(65), 'a,b'])('is a new one instead of %s', async (id) => {
    const answer = await raw('GET /health/live HTTP/1.1', `X-Request-Id: ${id}`);
    expect(answer.head).toMatch(/\r\nx-request-id: req_[0-9A-Za-z]{16}\r\n/i);
  });
});

describe('CORS', () => {
  it('is there for the origins named, without credentials', async () => {
    const headers = {
      origin: 'https://app.example.com',
      'access-control-request-method': 'GET',
      'access-control-request-headers': 'authorization',
    };
    const answer = await api.request('OPTIONS', '/v1/me', { headers });
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://app.example.com');
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
    expect(answer.headers.get('access-control-allow-headers')).toBe('authorization');
  });

  it('is not there for others', async () => {
    const answer = await api.request('GET', '/v1/me', {
      headers: { origin: 'https://evil.example.com' },
    });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });
});
