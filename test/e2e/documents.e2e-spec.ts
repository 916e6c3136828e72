import { createHash, randomBytes } from 'node:crypto';
import { readdir, rm, truncate } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../support/api.js';
import { file, form, SAMPLES } from '../support/uploads.js';

interface DocumentItem {
  readonly document_id: string;
  readonly created_at: string;
}

let api: TestApi;
let key: string;
let professional: string;
beforeAll(async () => {
  api = await startTestApi();
  ({ key } = await api.issueKey({ permissions: ['documents:*'], tier: 'lite' }));
  ({ key: professional } = await api.issueKey({ permissions: ['documents:*'] }));
});
afterAll(() => api.stop());

const send = (body: FormData, credential = key): Promise<Response> =>
  api.request('POST', '/v1/documents', { credential, body });

async function upload(
  body: FormData = form({ file: file() }),
  credential = key,
): Promise<DocumentItem> {
  const answer = await send(body, credential);
  expect(answer.status, await answer.clone().text()).toBe(201);
  return (await answer.json()) as DocumentItem;
}

const get = (path: string, credential = key): Promise<Response> =>
  api.request('GET', path, { credential });

const stored = (): Promise<string[]> => readdir(join(api.dataDir, 'documents')).catch(() => []);

/** One multipart part, as it goes over the wire with the boundary `b`. */
const part = (disposition: string, content: string, type?: string): string =>
  `--b\r\nContent-Disposition: form-data; ${disposition}\r\n${
    type === undefined ? '' : `Content-Type: ${type}\r\n`
  }\r\n${content}\r\n`;

const FILE = part('name="file"; filename="a.txt"', 'hello');
const END = '--b--\r\n';

const sendText = (body: string, type = 'multipart/form-data; boundary=b'): Promise<Response> =>
  api.request('POST', '/v1/documents', {
    credential: key,
    body,
    headers: { 'content-type': type },
  });

/** An upload over a socket of its own, announced with more bytes than are sent here. */
function startUpload(text: string, credential: string, length: number): Socket {
  const socket = connect(Number(new URL(api.url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  const authorization = credential === '' ? [] : [`Authorization: Bearer ${credential}`];
  const head = [
    'POST /v1/documents HTTP/1.1',
    'Host: x',
    ...authorization,
    'Content-Type: multipart/form-data; boundary=b',
    `Content-Length: ${length}`,
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n${text}`);
  return socket;
}

const answerOn = (socket: Socket): Promise<string> =>
  new Promise((done) => socket.once('data', (bytes) => done(bytes.toString())));

const closed = (socket: Socket): Promise<void> =>
  new Promise((done) => socket.once('close', () => done()));

const countRows = async (): Promise<number> =>
  (await api.database.query('SELECT id FROM documents')).length;

describe('the life of a document', () => {
  it('is uploaded, listed, read, downloaded as it was, and deleted', async () => {
    const answer = await send(
      form({ name: 'Bericht Ä', metadata: '{"project":{"id":7}}', file: file() }),
    );
    expect(answer.status).toBe(201);
    const created = (await answer.json()) as DocumentItem;
    const { document_id: id } = created;
    expect(answer.headers.get('location')).toBe(`/v1/documents/${id}`);
    expect(created).toEqual({
      document_id: expect.stringMatching(/^doc_[0-9A-Za-z]{16}$/) as string,
      name: 'Bericht Ä',
      content_type: 'text/plain',
      size: 12,
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
      status: 'processed',
      metadata: { project: { id: 7 } },
    });
    const list = (await (await get('/v1/documents')).json()) as { data: unknown[] };
    expect(list.data).toContainEqual(created);
    expect(await (await get(`/v1/documents/${id}`)).json()).toEqual({
      ...created,
      processing_results: { page_count: 1, text_content: 'Hello, world' },
      error: null,
    });
    const content = await get(`/v1/documents/${id}/content`);
    expect(await content.text()).toBe('Hello, world');
    expect(Object.fromEntries(content.headers)).toMatchObject({
      'content-type': 'text/plain',
      'content-length': '12',
      'content-disposition': "attachment; filename*=UTF-8''Bericht%20%C3%84",
      'x-content-type-options': 'nosniff',
      'content-security-policy': "sandbox; default-src 'none'",
      etag: `"${createHash('sha256').update('Hello, world').digest('hex')}"`,
      'cache-control': 'private',
    });
    const deleted = await api.request('DELETE', `/v1/documents/${id}`, { credential: key });
    expect([deleted.status, await deleted.text()]).toEqual([
      200,
      '{"success":true,"message":"Document deleted successfully"}',
    ]);
    expect((await get(`/v1/documents/${id}`)).status).toBe(404);
    expect((await api.request('DELETE', `/v1/documents/${id}`, { credential: key })).status).toBe(
      404,
    );
    expect(await stored()).not.toContain(id);
  });

  it('may be 30 MB of anything, and come back byte for byte', async () => {
    const bytes = randomBytes(30 * 1024 * 1024);
    const { document_id: id } = await upload(form({ file: file(bytes) }, 'x.txt'), professional);
    const content = await get(`/v1/documents/${id}/content`, professional);
    expect(content.headers.get('content-type')).toBe('application/octet-stream');
    expect(content.headers.get('etag')).toBe(
      `"${createHash('sha256').update(bytes).digest('hex')}"`,
    );
    expect(Buffer.from(await content.arrayBuffer()).equals(bytes)).toBe(true);
  });

  it('has its type from its bytes, whatever the client says', async () => {
    const png = new Blob([SAMPLES.png], { type: 'text/html' });
    expect(await upload(form({ file: png }, 'x.html'), professional)).toMatchObject({
      content_type: 'image/png',
    });
    const csv = new Blob(['a,b'], { type: 'image/png' });
    expect(await upload(form({ file: csv }, 'x.csv'))).toMatchObject({ content_type: 'text/csv' });
  });

  it('may have its metadata in a part that says it is JSON', async () => {
    const body = part('name="metadata"', '{"a":1}', 'application/json') + FILE + END;
    const answer = await sendText(body);
    expect(answer.status).toBe(201);
    expect(await answer.json()).toMatchObject({ metadata: { a: 1 } });
  });

  it('may have its metadata in a file of JSON, as browsers send a Blob, after the file', async () => {
    const body = form({ file: file(), name: 'a' });
    body.append('metadata', new Blob(['{"a":1}'], { type: 'application/json' }));
    expect(await upload(body)).toMatchObject({ name: 'a', metadata: { a: 1 } });
  });

  it('may have 16 KB of metadata, and not a byte more', async () => {
    const metadata = (size: number): string => JSON.stringify({ a: 'x'.repeat(size - 8) });
    expect((await send(form({ file: file(), metadata: metadata(16_384) }))).status).toBe(201);
    expect((await send(form({ file: file(), metadata: metadata(16_385) }))).status).toBe(400);
  });

  it('is called like its file, without the folder, unless a name is given', async () => {
    expect(await upload(form({ file: file() }, '../../etc/passwd'))).toMatchObject({
      name: 'passwd',
    });
  });

  it('has HEAD for its content, without the bytes', async () => {
    const { document_id: id } = await upload();
    const answer = await api.request('HEAD', `/v1/documents/${id}/content`, { credential: key });
    expect([answer.status, answer.headers.get('content-length'), await answer.text()]).toEqual([
      200,
      '12',
      '',
    ]);
  });
});

describe('an upload that is refused leaves no row and no file', () => {
  const over = (name: string): FormData => form({ file: file() }, name);

  it.each<[string, () => FormData, string]>([
    ['without a file', () => form({ name: 'x' }), 'file'],
    ['with an empty file', () => form({ file: file('') }), 'file'],
    ['with an unknown field', () => form({ file: file(), colour: 'red' }), 'colour'],
    [
      'with a prototype in its metadata',
      () => form({ file: file(), metadata: '{"__proto__":{}}' }),
      'metadata',
    ],
    ['with a file under another name', () => form({ document: file() }), 'document'],
    ['with a file that is none', () => form({ file: 'report.txt' }), 'file'],
    ['with an empty name', () => form({ name: '', file: file() }), 'name'],
    ['with a control character in its name', () => form({ name: 'a\u0007', file: file() }), 'name'],
    ['with a file name of 101 characters', () => over('x'.repeat(101)), 'name'],
    ['with metadata that is no JSON', () => form({ metadata: '{', file: file() }), 'metadata'],
    ['with metadata that is a list', () => form({ file: file(), metadata: '[]' }), 'metadata'],
    [
      'with NUL in its metadata',
      () => form({ file: file(), metadata: '{"a":"\\u0000"}' }),
      'metadata',
    ],
    [
      'with metadata of more than 16 KB',
      () => form({ metadata: JSON.stringify({ a: 'x'.repeat(17_000) }), file: file() }),
      'metadata',
    ],
  ])('%s', async (_, body, field) => {
    const [rows, files] = [await countRows(), await stored()];
    const answer = await send(body());
    expect(answer.status).toBe(400);
    const { error } = (await answer.json()) as {
      error: { code: string; details: { field: string }[] };
    };
    expect(error.code).toBe('invalid_request');
    expect(error.details[0]?.field).toBe(field);
    expect(await countRows()).toBe(rows);
    expect(await stored()).toEqual(files);
  });

  it('with two files, or a field twice', async () => {
    const files = await stored();
    const twice = form({ file: file() });
    twice.append('file', file('more'), 'b.txt');
    expect((await send(twice)).status).toBe(400);
    const names = form({ file: file(), name: 'a' });
    names.append('name', 'b');
    expect((await send(names)).status).toBe(400);
    expect(await stored()).toEqual(files);
  });

  it('of more than 200 MB, said while it streams', async () => {
    const files = await stored();
    const part = Buffer.alloc(1024 * 1024, 1);
    const body = form({ file: new Blob(Array<Buffer>(201).fill(part)) });
    const answer = await send(body, professional);
    expect(answer.status).toBe(413);
    expect(await answer.json()).toMatchObject({ error: { code: 'payload_too_large' } });
    expect(await stored()).toEqual(files);
  });

  it.each<[string, string, string?]>([
    ['without its end', FILE],
    ['that ends within the file', FILE.slice(0, -2)],
    ['that ends within the headers of a part', `${FILE}--b\r\nContent-Disposition: form-data`],
    ['without a boundary', FILE + END, 'multipart/form-data'],
    ['under another boundary', FILE + END, 'multipart/form-data; boundary=other'],
    ['with a file of no name', part('name="file"', 'hello', 'application/octet-stream') + END],
    ['with a part of no name', part('filename="a"', 'hello') + END],
    ['with broken JSON', FILE + part('name="metadata"', '{', 'application/json') + END],
    ['of a dozen parts', FILE + part('name="a"', '').repeat(11) + END],
  ])('%s', async (_, body, type) => {
    const [rows, files] = [await countRows(), await stored()];
    const answer = await sendText(body, type);
    expect([answer.status, await answer.text()]).toEqual([
      400,
      expect.stringContaining('"code":"invalid_request"'),
    ]);
    expect(await countRows()).toBe(rows);
    expect(await stored()).toEqual(files);
  });

  it('of more than 200 MB, though more is announced and never comes', async () => {
    const files = await stored();
    const start = '--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n';
    const socket = startUpload(start, professional, 200 * 1024 * 1024 + 500_000);
    const answer = answerOn(socket);
    const megabyte = Buffer.alloc(1024 * 1024, 1);
    for (let count = 0; count < 200; count += 1)
      if (!socket.write(megabyte)) await new Promise((done) => socket.once('drain', done));
    socket.write('x'.repeat(1000));
    expect(await answer).toMatch(/^HTTP\/1.1 413 /);
    expect(await stored()).toEqual(files);
    await closed(socket);
  });

  it('of another kind of body', async () => {
    const text = await api.request('POST', '/v1/documents', {
      credential: key,
      body: 'x',
      headers: { 'content-type': 'text/plain' },
    });
    expect(text.status).toBe(415);
    expect((await api.request('POST', '/v1/documents', { credential: key, json: {} })).status).toBe(
      415,
    );
    const urlencoded = { 'content-type': 'application/x-www-form-urlencoded' };
    expect(
      (
        await api.request('POST', '/v1/documents', {
          credential: key,
          body: 'a=b',
          headers: urlencoded,
        })
      ).status,
    ).toBe(415);
  });

  it('that breaks off', async () => {
    const [rows, files] = [await countRows(), await stored()];
    const { port } = new URL(api.url);
    const socket = connect(Number(port), '127.0.0.1');
    const head = [
      'POST /v1/documents HTTP/1.1',
      'Host: x',
      `Authorization: Bearer ${key}`,
      'Content-Type: multipart/form-data; boundary=b',
      'Content-Length: 1000000',
      '',
      '',
    ];
    const part = [
      '--b',
      'Content-Disposition: form-data; name="file"; filename="a.txt"',
      '',
      'x'.repeat(100_000),
    ];
    socket.write(head.join('\r\n') + part.join('\r\n'));
    while ((await stored()).length === files.length) await pause(20);
    socket.destroy();
    while ((await stored()).length > files.length) await pause(20);
    expect(await countRows()).toBe(rows);
    // Long enough for the line that a fault of ours would write.
    await pause(200);
    expect(api.log.filter((line) => line.includes('Answered 503'))).toEqual([]);
  });

  it('of more than 200 MB, said at once when its length is', async () => {
    const socket = connect(Number(new URL(api.url).port), '127.0.0.1');
    const head = [
      'POST /v1/documents HTTP/1.1',
      'Host: x',
      `Authorization: Bearer ${key}`,
      'Content-Type: multipart/form-data; boundary=b',
      `Content-Length: ${300 * 1024 * 1024}`,
      '',
      '',
    ];
    socket.write(head.join('\r\n'));
    const answer = await new Promise<Buffer>((done) => socket.once('data', done));
    expect(answer.toString()).toMatch(/^HTTP\/1.1 413 /);
    socket.destroy();
  });

  it('unless its row may have been stored though the database was too slow to say so', async () => {
    const client = new pg.Client({ connectionString: api.database.url });
    await client.connect();
    await client.query('BEGIN; LOCK TABLE documents IN EXCLUSIVE MODE');
    expect((await send(form({ name: 'late', file: file() }))).status).toBe(503);
    await client.query('COMMIT');
    await client.end();
    const late = async (): Promise<{ id: string } | undefined> =>
      (await api.database.query<{ id: string }>(`SELECT id FROM documents WHERE name = 'late'`))[0];
    let row = await late();
    for (; row === undefined; row = await late()) await pause(20);
    expect((await get(`/v1/documents/${row.id}/content`)).status).toBe(200);
  });

  it('when its row cannot be stored', async () => {
    const files = await stored();
    await api.database.query('ALTER TABLE documents RENAME TO away');
    expect((await send(form({ file: file() }))).status).toBe(500);
    await api.database.query('ALTER TABLE away RENAME TO documents');
    expect(await stored()).toEqual(files);
  });
});

describe('a list of documents', () => {
  it('has the newest first, in pages', async () => {
    const { key: own } = await api.issueKey({ permissions: ['documents:*'] });
    const ids: string[] = [];
    for (let count = 0; count < 5; count += 1)
      ids.unshift((await upload(form({ file: file() }), own)).document_id);
    const read = async (query: string): Promise<unknown> => {
      const { data, pagination } = (await (await get(`/v1/documents${query}`, own)).json()) as {
        data: DocumentItem[];
        pagination: object;
      };
      return [data.map((item) => item.document_id), pagination];
    };
    expect(await read('?limit=2')).toEqual([
      ids.slice(0, 2),
      { total: 5, limit: 2, offset: 0, next_offset: 2, prev_offset: null },
    ]);
    expect(await read('?limit=2&offset=4')).toEqual([
      ids.slice(4),
      { total: 5, limit: 2, offset: 4, next_offset: null, prev_offset: 2 },
    ]);
    expect(await read('?status=failed')).toEqual([
      [],
      { total: 0, limit: 10, offset: 0, next_offset: null, prev_offset: null },
    ]);
    expect(await read('?content_type=text/plain&limit=100')).toMatchObject([ids, { total: 5 }]);
    expect(await read('?content_type=Text/Plain&status=processed')).toMatchObject([ids, {}]);
    const { document_id: table } = await upload(form({ file: file() }, 'x.csv'), own);
    expect(await read('?content_type=text/csv')).toMatchObject([[table], { total: 1 }]);
    expect(await read('?content_type=text/csv&status=failed')).toMatchObject([[], { total: 0 }]);
  });

  it.each([
    'limit=0',
    'limit=101',
    'limit=x',
    'limit=1&limit=2',
    'offset=-1',
    'offset=99999999999',
    'status=lost',
    'content_type=%00',
    'colour=red',
    'limit[]=1',
  ])('refuses ?%s and says where', async (query) => {
    const answer = await get(`/v1/documents?${query}`);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      error: { code: 'invalid_request', details: [expect.anything()] },
    });
  });
});

describe('whoever may not', () => {
  it('reaches no document of another account, by any route, not even as admin', async () => {
    const { document_id: id } = await upload();
    for (const stranger of [
      await api.issueKey({ permissions: ['*'] }),
      await api.issueKey({ permissions: ['*', 'admin'] }),
    ]) {
      const { key: theirs } = stranger;
      expect((await get(`/v1/documents/${id}`, theirs)).status).toBe(404);
      expect((await get(`/v1/documents/${id}/content`, theirs)).status).toBe(404);
      expect(
        (await api.request('DELETE', `/v1/documents/${id}`, { credential: theirs })).status,
      ).toBe(404);
      expect(await (await get('/v1/documents', theirs)).json()).toMatchObject({ data: [] });
    }
    expect((await get(`/v1/documents/${id}`)).status).toBe(200);
  });

  it.each([
    'doc_0000000000000000',
    'doc_x',
    'DOC_0000000000000000',
    '%00',
    "doc_' OR '1'='1",
    'x'.repeat(200),
  ])('finds nothing under the id %s', async (id) => {
    expect((await get(`/v1/documents/${encodeURIComponent(id)}`)).status).toBe(404);
  });

  it('is told which permission is missing', async () => {
    const { key: reader } = await api.issueKey({ permissions: ['documents:read'] });
    const { document_id: id } = await upload();
    const refused = await api.request('DELETE', `/v1/documents/${id}`, { credential: reader });
    expect([refused.status, await refused.text()]).toEqual([
      403,
      '{"error":{"code":"forbidden","message":"Insufficient permissions"}}',
    ]);
    expect(refused.headers.get('www-authenticate')).toBe(
      'Bearer realm="clary", error="insufficient_scope", scope="documents:delete"',
    );
    expect((await send(form({ file: file() }), reader)).status).toBe(403);
  });

  it.each([
    ['nobody', '', 401],
    ['a reader', 'reader', 403],
  ])('as %s is refused before the file was read', async (_, who, status) => {
    const { key: reader } = await api.issueKey({ permissions: ['documents:read'] });
    const { port } = new URL(api.url);
    const socket = connect(Number(port), '127.0.0.1');
    const authorization = who === '' ? [] : [`Authorization: Bearer ${reader}`];
    const head = [
      'POST /v1/documents HTTP/1.1',
      'Host: x',
      ...authorization,
      'Content-Type: multipart/form-data; boundary=b',
      'Content-Length: 100000000',
      '',
      '',
    ];
    socket.write(head.join('\r\n'));
    const answer = await new Promise<Buffer>((done) => socket.once('data', done));
    expect(answer.toString()).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    socket.destroy();
  });
});

describe('a document whose file is gone', () => {
  it('in part is not sent at all', async () => {
    const { document_id: id } = await upload();
    await truncate(join(api.dataDir, 'documents', id), 3);
    expect((await get(`/v1/documents/${id}/content`)).status).toBe(500);
  });

  it('is said to the log, not to the client', async () => {
    const { document_id: id } = await upload();
    await rm(join(api.dataDir, 'documents', id));
    const answer = await get(`/v1/documents/${id}/content`);
    expect([answer.status, await answer.text()]).toEqual([
      500,
      '{"error":{"code":"internal","message":"Internal error"}}',
    ]);
    expect(JSON.stringify(api.linesOf(answer.headers.get('x-request-id')))).toContain(
      `The file of ${id} cannot be read`,
    );
  });
});
