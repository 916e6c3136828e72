import { generateMasterKey, newId } from '@clary/nestjs-auth';
import { mkdir, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DocumentService } from '../../apps/api/src/documents/document.service.js';
import { DocumentSweeper } from '../../apps/api/src/documents/document-sweeper.js';
import { startTestApi, type TestApi } from '../support/api.js';
import { file, form } from '../support/uploads.js';

const MB = 1024 * 1024;
const HOUR = 3_600_000;

const masterKey = generateMasterKey();

let api: TestApi;
let key: string;
let accountId: string;
beforeAll(async () => {
  api = await startTestApi({ variables: { CLARY_MASTER_KEYS: masterKey } });
  const issued = await api.issueKey({ permissions: ['documents:*'] });
  ({ key } = issued);
  ({ accountId } = issued.record);
});
afterAll(() => api.stop());

const folder = (): string => join(api.dataDir, 'documents');

async function upload(content: string | Buffer = 'Hello'): Promise<string> {
  const body = form({ file: file(content) });
  const answer = await api.request('POST', '/v1/documents', { credential: key, body });
  return ((await answer.json()) as { document_id: string }).document_id;
}

/** A file in the folder of documents, last written to some hours ago. */
async function leave(name: string, hours: number): Promise<string> {
  const path = join(folder(), name);
  if (!(await readdir(folder())).includes(name)) await writeFile(path, 'left behind');
  const time = new Date(Date.now() - hours * HOUR);
  await utimes(path, time, time);
  return name;
}

const started: TestApi[] = [];

/** Another process of the same installation, or of one that was given the wrong database. */
async function startAnother(database?: TestApi['database']): Promise<TestApi> {
  const another = await startTestApi({
    variables: { CLARY_MASTER_KEYS: masterKey, DATA_DIR: api.dataDir },
    ...(database !== undefined && { database }),
  });
  started.push(another);
  return another;
}

/** Lines of the log with a text. Nest's logger is one for all applications of a process: that of the latest. */
const logged = (text: string): unknown[] =>
  [api, ...started]
    .flatMap(({ log }) => log)
    .filter((line) => line.includes(text))
    .map((line) => JSON.parse(line) as unknown);

const until = async (condition: () => Promise<boolean>): Promise<void> => {
  while (!(await condition())) await pause(5);
};

const connectTo = (head: string[]): Socket => {
  const socket = connect(Number(new URL(api.url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  const lines = ['Host: x', `Authorization: Bearer ${key}`, 'Connection: close'];
  socket.write(`${[head[0], ...lines, ...head.slice(1)].join('\r\n')}\r\n\r\n`);
  return socket;
};

const PART = '--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n';
const END = '\r\n--b--\r\n';

const startUpload = (size: number): Socket => {
  const socket = connectTo([
    'POST /v1/documents HTTP/1.1',
    'Content-Type: multipart/form-data; boundary=b',
    `Content-Length: ${PART.length + size + END.length}`,
  ]);
  socket.write(PART);
  return socket;
};

const write = async (socket: Socket, bytes: Buffer): Promise<void> => {
  if (!socket.write(bytes)) await new Promise((done) => socket.once('drain', done));
};

const answerOn = async (socket: Socket): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
};

describe('what a crash has left', () => {
  it('is removed a day later, by any process that starts, and nothing else is', async () => {
    const document = await upload();
    await leave(document, 100);
    const gone = [await leave(newId('doc'), 25), await leave(`.${newId('upload')}`, 25)];
    const kept = [
      document,
      await leave(newId('doc'), 23),
      await leave(`.${newId('upload')}`, 23),
      await leave('notes.txt', 100),
    ];
    const another = await startAnother(api.database);
    await until(async () => {
      const names = await readdir(folder());
      return gone.every((name) => !names.includes(name));
    });
    await another.stop();
    expect(await readdir(folder())).toEqual(expect.arrayContaining(kept));
    const path = `/v1/documents/${document}/content`;
    expect((await api.request('GET', path, { credential: key })).status).toBe(200);
  });

  it('is not looked for under another database, which knows none of the documents', async () => {
    const document = await leave(await upload(), 100);
    const orphan = await leave(newId('doc'), 100);
    const stranger = await startAnother();
    const sweeper = stranger.get(DocumentSweeper);
    await sweeper.sweep();
    await stranger.stop();
    expect(await readdir(folder())).toEqual(expect.arrayContaining([document, orphan]));
    expect(logged('belong to another database')[0]).toMatchObject({ level: 'error', accountId });
  });

  it('is no such thing once it has a row, however late that comes', async () => {
    const ids = Array.from({ length: 200 }, () => newId('doc'));
    for (const id of ids) await leave(id, 100);
    const present = async (): Promise<string[]> => {
      const names = new Set(await readdir(folder()));
      return ids.filter((id) => names.has(id));
    };
    const sweep = api.get(DocumentSweeper).sweep();
    await until(async () => (await present()).length < ids.length);
    await api.database.query(
      `INSERT INTO documents (id, account_id, name, content_type, size, sha256, status, metadata, created_at)
       SELECT id, $1, 'late', 'text/plain', 11, '', 'processed', '{}', now() FROM unnest($2::text[]) AS id`,
      [accountId, ids],
    );
    const named = await present();
    await sweep;
    expect(named.length).toBeGreaterThan(10);
    // One may have been looked up before the rows came, and be removed after.
    expect((await present()).length).toBeGreaterThanOrEqual(named.length - 1);
    await api.database.query(`DELETE FROM documents WHERE name = 'late'`);
  });

  it('is looked for by one sweep at a time', async () => {
    const sweeper = api.get(DocumentSweeper);
    const first = sweeper.sweep();
    expect(sweeper.sweep()).toBe(first);
    await first;
  });

  it('waits while the database cannot be asked', async () => {
    const orphan = await leave(newId('doc'), 100);
    await api.database.query('ALTER TABLE documents RENAME TO away');
    await api.get(DocumentSweeper).sweep();
    await api.database.query('ALTER TABLE away RENAME TO documents');
    expect(await readdir(folder())).toContain(orphan);
    expect(logged('Files could not be swept')).toMatchObject([{ level: 'warn' }]);
    await api.get(DocumentSweeper).sweep();
    expect(await readdir(folder())).not.toContain(orphan);
  });
});

describe('a document that is deleted', () => {
  const principal = (): Parameters<DocumentService['get']>[0] =>
    ({ accountId }) as Parameters<DocumentService['get']>[0];

  it('while its download begins is not found', async () => {
    const documents = api.get(DocumentService);
    const document = await documents.get(principal(), await upload());
    await documents.delete(principal(), document.id);
    await expect(documents.read(document, null)).rejects.toMatchObject({ status: 404 });
    await expect(documents.check(document)).rejects.toMatchObject({ status: 404 });
  });

  it('while its download is under way comes whole', async () => {
    const bytes = Buffer.alloc(20 * MB, 1);
    const id = await upload(bytes);
    const path = `/v1/documents/${id}`;
    const answer = await api.request('GET', `${path}/content`, { credential: key });
    expect((await api.request('DELETE', path, { credential: key })).status).toBe(200);
    expect((await answer.arrayBuffer()).byteLength).toBe(bytes.length);
  });

  it('is gone even if its file cannot be removed, which the log says', async () => {
    const id = await upload();
    await rm(join(folder(), id));
    await mkdir(join(folder(), id));
    const path = `/v1/documents/${id}`;
    expect((await api.request('DELETE', path, { credential: key })).status).toBe(200);
    expect((await api.request('GET', path, { credential: key })).status).toBe(404);
    expect(logged(`The file of ${id}, which is deleted`)).toMatchObject([{ level: 'error' }]);
    await rm(join(folder(), id), { recursive: true });
  });
});

describe('a large document goes through in pieces', () => {
  const megabyte = Buffer.alloc(MB, 1);

  /** Bytes outside the heap that the work has used at most, over those before it. */
  async function peak(work: () => Promise<void>): Promise<number> {
    const before = process.memoryUsage().external;
    let most = before;
    const timer = setInterval(() => (most = Math.max(most, process.memoryUsage().external)), 5);
    await work();
    clearInterval(timer);
    return most - before;
  }

  it('to the disk, while the rest has yet to come', async () => {
    const earlier = await readdir(folder());
    const socket = startUpload(20 * MB);
    const answer = answerOn(socket);
    for (let count = 0; count < 10; count += 1) await write(socket, megabyte);
    const arriving = async (): Promise<number> => {
      const name = (await readdir(folder())).find((entry) => !earlier.includes(entry));
      return name === undefined ? 0 : (await stat(join(folder(), name))).size;
    };
    await until(async () => (await arriving()) > 9 * MB);
    for (let count = 0; count < 10; count += 1) await write(socket, megabyte);
    socket.write(END);
    expect(await answer).toMatch(/^HTTP\/1.1 201 /);
  });

  it('and never stands in memory as a whole, neither on its way in nor out', async () => {
    let location = '';
    const up = await peak(async () => {
      const socket = startUpload(150 * MB);
      const answer = answerOn(socket);
      for (let count = 0; count < 150; count += 1) await write(socket, megabyte);
      socket.write(END);
      location = /location: (\S+)/i.exec(await answer)?.[1] ?? '';
    });
    expect(up).toBeLessThan(60 * MB);
    const down = await peak(async () => {
      const socket = connectTo([`GET ${location}/content HTTP/1.1`]);
      // A client that does not read for a while: nothing is read ahead for it.
      await pause(300);
      let size = 0;
      for await (const chunk of socket) size += (chunk as Buffer).length;
      expect(size).toBeGreaterThan(150 * MB);
    });
    expect(down).toBeLessThan(60 * MB);
  });
});
