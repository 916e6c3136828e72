import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../support/api.js';
import { file, office, SAMPLES } from '../support/uploads.js';

interface ErrorAnswer {
  readonly error: { readonly code: string; readonly details: { field: string; message: string }[] };
}

const MB = 1024 * 1024;

let api: TestApi;
let key: string;
beforeAll(async () => {
  api = await startTestApi();
  ({ key } = await api.issueKey({ permissions: ['documents:*'], tier: 'standard' }));
});
afterAll(() => api.stop());

function batch(...files: [name: string, content: string | Buffer][]): FormData {
  const data = new FormData();
  for (const [name, content] of files) data.append('file', file(content), name);
  return data;
}

const send = (body: FormData, credential = key): Promise<Response> =>
  api.request('POST', '/v1/documents/batch', { credential, body });

const kept = async (): Promise<[number, string[]]> => [
  (await api.database.query('SELECT id FROM documents')).length,
  await readdir(join(api.dataDir, 'documents')).catch(() => []),
];

describe('a batch', () => {
  it('brings several documents at once, in its order, each named by its file', async () => {
    const answer = await send(
      batch(['a.md', '# A'], ['b.png', SAMPLES.png], ['c.docx', office('docx')]),
    );
    expect(answer.status, await answer.clone().text()).toBe(201);
    expect(answer.headers.get('location')).toBeNull();
    const { data } = (await answer.json()) as { data: { document_id: string; name: string }[] };
    expect(data).toMatchObject([
      { name: 'a.md', content_type: 'text/markdown', size: 3, status: 'processed', metadata: {} },
      { name: 'b.png', content_type: 'image/png' },
      { name: 'c.docx', content_type: expect.stringContaining('wordprocessingml') as string },
    ]);
    for (const document of data) {
      const path = `/v1/documents/${document.document_id}`;
      expect((await api.request('GET', path, { credential: key })).status).toBe(200);
      const content = await api.request('GET', `${path}/content`, { credential: key });
      expect((await content.arrayBuffer()).byteLength).toBeGreaterThan(0);
    }
  });

  it('may be one file, or twenty long texts', async () => {
    expect((await send(batch(['a.txt', 'a']))).status).toBe(201);
    const text = 'Words and words. '.repeat(80_000);
    const twenty = Array.from({ length: 20 }, (_, at): [string, string] => [`${at}.txt`, text]);
    const answer = await send(batch(...twenty));
    expect(answer.status).toBe(201);
    const { data } = (await answer.json()) as { data: { name: string }[] };
    expect(data.map(({ name }) => name)).toEqual(twenty.map(([name]) => name));
  });

  it('wants the tier standard, before it is read', async () => {
    const { key: lite } = await api.issueKey({ permissions: ['documents:*'], tier: 'lite' });
    const answer = await send(batch(['a.txt', 'a']), lite);
    expect(answer.status).toBe(403);
    expect(answer.headers.get('www-authenticate')).toContain('tier="standard"');
  });

  it('has no other method', async () => {
    const answer = await api.request('GET', '/v1/documents/batch', { credential: key });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'OPTIONS, POST']);
  });
});

describe('a batch with a file that is refused leaves nothing', () => {
  let before: Awaited<ReturnType<typeof kept>>;
  beforeEach(async () => {
    before = await kept();
  });

  it.each<[string, [string, string | Buffer], number, string, string]>([
    ['too large', ['big.txt', Buffer.alloc(50 * MB + 1, 'a')], 413, 'payload_too_large', '50 MB'],
    ['of a wrong kind', ['b.gif', SAMPLES.gif], 415, 'unsupported_media_type', 'image/gif'],
    ['empty', ['c.txt', ''], 400, 'invalid_request', 'must not be empty'],
    ['badly named', ['x'.repeat(101), 'x'], 400, 'invalid_request', '1 to 100 characters'],
  ])('because it is %s, and names it', async (_, bad, status, code, reason) => {
    const answer = await send(batch(['a.txt', 'a'], bad, ['z.txt', 'z']));
    expect(answer.status).toBe(status);
    const { error } = (await answer.json()) as ErrorAnswer;
    expect(error).toMatchObject({
      code,
      details: [{ field: 'file.1', message: expect.stringContaining(`${bad[0]}: `) as string }],
    });
    expect(error.details[0]?.message).toContain(reason);
    expect(await kept()).toEqual(before);
  });

  it('because there are more than 20', async () => {
    const many = Array.from({ length: 21 }, (_, at): [string, string] => [`${at}.txt`, 'a']);
    const answer = await send(batch(...many));
    expect(answer.status).toBe(413);
    expect(await answer.json()).toMatchObject({
      error: {
        code: 'payload_too_large',
        message: 'A request may have at most 20 files',
        details: [{ field: 'file.20' }],
      },
    });
    expect(await kept()).toEqual(before);
  });

  it.each(['name', 'metadata'])('or has a %s, which would be of which file?', async (field) => {
    const body = batch(['a.txt', 'a']);
    body.append(field, '{}');
    const answer = await send(body);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { details: [{ field }] } });
    expect(await kept()).toEqual(before);
  });

  it('or has no file at all', async () => {
    const body = new FormData();
    body.append('file', 'a.txt');
    expect((await send(body)).status).toBe(400);
    const empty = await api.request('POST', '/v1/documents/batch', {
      credential: key,
      body: '--b--\r\n',
      headers: { 'content-type': 'multipart/form-data; boundary=b' },
    });
    expect(empty.status).toBe(400);
    expect(await kept()).toEqual(before);
  });

  it('when a row cannot be stored', async () => {
    await api.database.query(
      `ALTER TABLE documents ADD CONSTRAINT no_z CHECK (name <> 'z.txt') NOT VALID`,
    );
    expect((await send(batch(['a.txt', 'a'], ['z.txt', 'z']))).status).toBe(500);
    await api.database.query('ALTER TABLE documents DROP CONSTRAINT no_z');
    expect(await kept()).toEqual(before);
  });
});
