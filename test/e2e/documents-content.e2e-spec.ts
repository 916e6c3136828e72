import { createHash } from 'node:crypto';
import { rm, truncate, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../support/api.js';
import { file, form } from '../support/uploads.js';

const MB = 1024 * 1024;
const ORIGIN = 'https://app.example.com';

let api: TestApi;
let key: string;
beforeAll(async () => {
  api = await startTestApi({ variables: { CLARY_CORS_ORIGINS: ORIGIN } });
  ({ key } = await api.issueKey({ permissions: ['documents:*'] }));
});
afterAll(() => api.stop());

async function upload(content: string | Buffer, called = 'a.txt', name?: string): Promise<string> {
  const body = form({ file: file(content), ...(name !== undefined && { name }) }, called);
  const answer = await api.request('POST', '/v1/documents', { credential: key, body });
  expect(answer.status, await answer.clone().text()).toBe(201);
  return ((await answer.json()) as { document_id: string }).document_id;
}

const content = (
  id: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<Response> =>
  api.request(method, `/v1/documents/${id}/content`, { credential: key, headers });

const pathOf = (id: string): string => join(api.dataDir, 'documents', id);

describe('a part of the content', () => {
  const text = '0123456789';
  const etag = `"${createHash('sha256').update(text).digest('hex')}"`;
  let id: string;
  beforeAll(async () => {
    id = await upload(text);
  });

  it.each([
    ['bytes=0-3', '0123', 'bytes 0-3/10'],
    ['bytes=4-', '456789', 'bytes 4-9/10'],
    ['bytes=-2', '89', 'bytes 8-9/10'],
    ['bytes=8-99', '89', 'bytes 8-9/10'],
    ['bytes=0-', text, 'bytes 0-9/10'],
  ])('%s is sent alone', async (range, part, contentRange) => {
    const answer = await content(id, { range });
    expect([answer.status, await answer.text()]).toEqual([206, part]);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-range': contentRange,
      'content-length': String(part.length),
      'content-type': 'text/plain',
      'accept-ranges': 'bytes',
      'cache-control': 'private',
      'content-disposition': "attachment; filename*=UTF-8''a.txt",
      etag,
    });
  });

  it.each(['bytes=0-1,4-5', 'bytes=5-2', 'bytes=x', 'lines=0-1'])(
    '%s is not sent, but the whole',
    async (range) => {
      const answer = await content(id, { range });
      expect([answer.status, await answer.text()]).toEqual([200, text]);
      expect(answer.headers.get('content-range')).toBeNull();
      expect(answer.headers.get('accept-ranges')).toBe('bytes');
    },
  );

  it.each(['bytes=10-', 'bytes=-0', 'bytes=99-100'])('%s is none', async (range) => {
    const answer = await content(id, { range });
    expect(answer.status).toBe(416);
    expect(answer.headers.get('content-range')).toBe('bytes */10');
    expect(answer.headers.get('content-disposition')).toBeNull();
    expect(await answer.json()).toEqual({
      error: { code: 'range_not_satisfiable', message: 'The range cannot be satisfied' },
    });
  });

  it.each([
    ['the tag', etag, 206],
    ['another tag', '"x"', 200],
    ['the tag, as a weak one', `W/${etag}`, 200],
    ['a date', new Date(Date.now() + 86_400_000).toUTCString(), 200],
  ])('is sent if the content is still that of %s', async (_, ifRange, status) => {
    const answer = await content(id, { range: 'bytes=0-3', 'if-range': ifRange });
    expect([answer.status, await answer.text()]).toEqual([status, status === 206 ? '0123' : text]);
    const beyond = await content(id, { range: 'bytes=99-', 'if-range': ifRange });
    expect(beyond.status).toBe(status === 206 ? 416 : 200);
  });

  it.each([etag, `W/${etag}`, `"x", ${etag}`, '*'])(
    'or the whole is not sent to a client that has %s',
    async (known) => {
      for (const method of ['GET', 'HEAD']) {
        const answer = await content(id, { 'if-none-match': known, range: 'bytes=0-1' }, method);
        expect([answer.status, await answer.text()]).toEqual([304, '']);
        expect(answer.headers.get('etag')).toBe(etag);
        expect(answer.headers.get('cache-control')).toBe('private');
        expect(answer.headers.get('content-type')).toBe('text/plain');
        expect(answer.headers.get('content-length')).toBeNull();
      }
    },
  );

  it('is sent to a client that has something else', async () => {
    expect((await content(id, { 'if-none-match': '"x"' })).status).toBe(200);
    expect((await content(id, { 'if-none-match': '"x"', range: 'bytes=0-1' })).status).toBe(206);
  });

  it('counts for GET alone: HEAD tells of the whole', async () => {
    const answer = await content(id, { range: 'bytes=0-1' }, 'HEAD');
    const whole = await content(id);
    expect(answer.status).toBe(200);
    for (const header of ['content-length', 'content-type', 'etag', 'content-disposition'])
      expect(answer.headers.get(header)).toBe(whole.headers.get(header));
  });

  it('of a large file comes byte for byte', async () => {
    const bytes = Buffer.alloc(5 * MB);
    for (let at = 0; at < bytes.length; at += 4) bytes.writeUInt32LE(at, at);
    const large = await upload(bytes, 'x.bin');
    const answer = await content(large, { range: 'bytes=1000001-4000000' });
    expect(
      Buffer.from(await answer.arrayBuffer()).equals(bytes.subarray(1_000_001, 4_000_001)),
    ).toBe(true);
  });
});

describe('a download by a script of a web page', () => {
  it('shows what is needed to name it, to keep it and to go on with it', async () => {
    const answer = await content(await upload('x'), { origin: ORIGIN });
    const exposed = answer.headers.get('access-control-expose-headers')?.split(', ');
    expect(exposed).toEqual(
      expect.arrayContaining(['Content-Disposition', 'ETag', 'Accept-Ranges', 'Content-Range']),
    );
  });
});

describe('the name of a download', () => {
  it.each([
    [`a"b;c'd(e)*.txt`, "UTF-8''a%22b%3Bc%27d%28e%29%2A.txt"],
    ['übel/../ß 100%.md', "UTF-8''%C3%BCbel%2F..%2F%C3%9F%20100%25.md"],
    ['\u202egnp.exe', "UTF-8''%E2%80%AEgnp.exe"],
    ['📄', "UTF-8''%F0%9F%93%84"],
  ])('%j is encoded whole', async (name, encoded) => {
    const id = await upload('x', 'a.txt', name);
    const answer = await content(id);
    expect(answer.headers.get('content-disposition')).toBe(`attachment; filename*=${encoded}`);
  });
});

describe('what is read of a text', () => {
  const results = async (id: string): Promise<unknown> =>
    (
      (await (await api.request('GET', `/v1/documents/${id}`, { credential: key })).json()) as {
        processing_results: unknown;
      }
    ).processing_results;

  it('is the text, without its byte order mark', async () => {
    expect(await results(await upload('\ufeffGrüße "\\"\n'))).toEqual({
      page_count: 1,
      text_content: 'Grüße "\\"\n',
    });
    expect(await results(await upload('a,b\n1,2', 'x.csv'))).toEqual({
      page_count: 1,
      text_content: 'a,b\n1,2',
    });
  });

  it('is the first MB of a longer one, in whole characters', async () => {
    const { text_content: read } = (await results(await upload(`x${'ü'.repeat(MB)}`))) as {
      text_content: string;
    };
    expect(Buffer.byteLength(read)).toBe(MB - 1);
    expect(read).toBe(`x${'ü'.repeat(MB / 2 - 1)}`);
  });

  it('is nothing of other kinds', async () => {
    expect(await results(await upload('%PDF-1.4\n%%EOF', 'x.pdf'))).toBeNull();
  });

  it('stands in no list', async () => {
    const answer = await api.request('GET', '/v1/documents', { credential: key });
    expect(await answer.text()).not.toContain('processing_results');
  });
});

describe('a document whose file', () => {
  const lines = (text: string): string[] => api.log.filter((line) => line.includes(text));

  it.each<[string, (path: string) => Promise<void>]>([
    ['is cut short', (path) => truncate(path, 3)],
    ['has grown', (path) => writeFile(path, 'Hello, world!')],
    ['is gone', (path) => rm(path)],
    ['is altered', (path) => writeFile(path, 'Hello, World')],
  ])('%s is not sent: the log says which, the client nothing', async (_, harm) => {
    const id = await upload('Hello, world');
    await harm(pathOf(id));
    const answer = await content(id);
    expect([answer.status, await answer.text()]).toEqual([
      500,
      '{"error":{"code":"internal","message":"Internal error"}}',
    ]);
    for (const header of ['etag', 'content-disposition', 'accept-ranges'])
      expect(answer.headers.get(header)).toBeNull();
    expect(JSON.stringify(api.linesOf(answer.headers.get('x-request-id')))).toContain(
      `The file of ${id} cannot be read`,
    );
  });

  it('is gone has no HEAD either', async () => {
    const id = await upload('Hello, world');
    await rm(pathOf(id));
    expect((await content(id, {}, 'HEAD')).status).toBe(500);
    expect((await content(id, { range: 'bytes=0-1' })).status).toBe(500);
  });

  it('is altered, and large, is broken off before its end, and the log says so', async () => {
    const bytes = Buffer.alloc(3 * MB, 1);
    const id = await upload(bytes, 'x.bin');
    bytes[0] = 2;
    await writeFile(pathOf(id), bytes);
    const answer = await content(id);
    expect(answer.status).toBe(200);
    await expect(answer.arrayBuffer()).rejects.toThrow();
    const [line = '{}'] = lines(`The download of ${id} was broken off`);
    expect(JSON.parse(line)).toMatchObject({
      level: 'error',
      requestId: answer.headers.get('x-request-id'),
      err: { message: 'Its bytes have another checksum' },
    });
  });

  it('is whole is not called damaged when its client goes away', async () => {
    const id = await upload(Buffer.alloc(20 * MB, 1), 'x.bin');
    const socket = connect(Number(new URL(api.url).port), '127.0.0.1');
    const head = ['Host: x', `Authorization: Bearer ${key}`, '', ''].join('\r\n');
    socket.write(`GET /v1/documents/${id}/content HTTP/1.1\r\n${head}`);
    await new Promise((done) => socket.once('data', done));
    socket.destroy();
    await pause(200);
    expect(lines(`The download of ${id}`)).toEqual([]);
  });
});
