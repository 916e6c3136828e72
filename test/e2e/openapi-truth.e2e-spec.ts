import { describe, expect, it } from 'vitest';
import { previewDocument } from '../../apps/api/src/openapi/preview.js';
import { DocumentedApi, type Exchange } from '../support/documented.js';

/** What every answer of the suite is held against must itself be able to say no. */
const api = new DocumentedApi(await previewDocument());

const HEADERS = {
  'content-type': 'application/json; charset=utf-8',
  'x-request-id': 'req_1',
  'cache-control': 'private',
};

const document = {
  document_id: 'doc_0123456789abcdef',
  name: 'a.txt',
  content_type: 'text/plain',
  size: 1,
  created_at: '2026-01-31T09:30:00.000Z',
  status: 'processed',
  metadata: { any: ['thing'] },
};
const pagination = { total: 1, limit: 10, offset: 0, next_offset: null, prev_offset: null };
const page = { data: [document], pagination };
const error = (code: string): object => ({ error: { code, message: 'Said' } });

function differences(
  [method, path]: [string, string],
  status: number,
  body: unknown,
  { headers = HEADERS, json }: { headers?: Record<string, string>; json?: unknown } = {},
): Promise<string[]> {
  const text = body === null ? null : JSON.stringify(body);
  const answer = new Response(text, { status, headers });
  const exchange: Exchange = { method, path, json, answer };
  return api.differences(exchange);
}

const LIST: [string, string] = ['GET', '/v1/documents?limit=10'];
const CREATE: [string, string] = ['POST', '/v1/workflows'];

describe('an answer as it is described', () => {
  it.each<[string, [string, string], number, unknown]>([
    ['a page', LIST, 200, page],
    ['a page, by HEAD', ['HEAD', '/v1/documents'], 200, null],
    ['an error', LIST, 400, error('invalid_request')],
    ['no such path', ['GET', '/v1/nothing'], 404, error('not_found')],
    ['no path at all', ['GET', '/v1/documents/%zz'], 400, error('invalid_request')],
    ['the methods', ['OPTIONS', '/v1/documents'], 204, null],
  ])('has no differences: %s', async (_, request, status, body) => {
    expect(await differences(request, status, body)).toEqual([]);
  });

  it('can still be read', async () => {
    const answer = new Response(JSON.stringify(page), { headers: HEADERS });
    await api.differences({ method: 'GET', path: '/v1/documents', answer });
    expect(await answer.json()).toEqual(page);
  });
});

describe('an answer that is not described', () => {
  const anonymous = { 'content-type': HEADERS['content-type'], 'cache-control': 'private' };
  it.each<[string, [string, string], number, unknown, RegExp, Record<string, string>?]>([
    ['a status', LIST, 418, error('teapot'), /this status/],
    ['a member', LIST, 200, { ...page, more: 1 }, /additional properties/],
    ['a member within', LIST, 200, { ...page, data: [{ ...document, sha256: '' }] }, /additional/],
    ['a missing member', LIST, 200, { data: [] }, /required property 'pagination'/],
    ['an id', LIST, 200, { ...page, data: [{ ...document, document_id: '7' }] }, /pattern/],
    [
      'a time',
      LIST,
      200,
      { ...page, data: [{ ...document, created_at: '2026-01-31' }] },
      /pattern/,
    ],
    ['a missing header', LIST, 200, page, /X-Request-Id is missing/, anonymous],
    ['a header', LIST, 200, page, /X-Request-Id does not/, { ...HEADERS, 'x-request-id': 'ü' }],
    ['a type', LIST, 200, page, /type text\/html/, { ...HEADERS, 'content-type': 'text/html' }],
    ['a code', LIST, 400, error('not_found'), /the code is not_found/],
    ['an error', LIST, 400, { message: 'Bad Request', statusCode: 400 }, /required property/],
    ['another error for no such path', ['GET', '/v1/nothing'], 404, { message: 'No' }, /required/],
    ['a path', ['GET', '/v1/nothing'], 200, page, /nothing of it/],
    ['a method', ['PUT', '/v1/documents'], 200, page, /nothing of it/],
    ['a 405 that names no methods', ['PUT', '/v1/me'], 405, error('method_not_allowed'), /Allow/],
    ['a query that was taken', ['GET', '/v1/documents?x=1'], 200, page, /parameter x/],
  ])('is told: %s', async (_, request, status, body, message, headers) => {
    const found = await differences(request, status, body, headers && { headers });
    expect(found).toEqual([expect.stringMatching(message)]);
  });

  it('is told of a request that was taken against the description', async () => {
    const found = await differences(CREATE, 201, {}, { json: { nome: 'x' } });
    expect(found.join()).toMatch(/the request does not match: .*'name'.*additional/);
  });
});
