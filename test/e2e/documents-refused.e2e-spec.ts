import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../support/api.js';

const MB = 1024 * 1024;

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const keyFor = async (request: Parameters<TestApi['issueKey']>[0]): Promise<string> =>
  (await api.issueKey(request)).key;

const part = (name: string): string =>
  `--b\r\nContent-Disposition: form-data; name="${name}"; filename="a"\r\n\r\n`;

/** Announces an upload and sends its beginning. */
function startUpload(text: string, credential: string, length: number): Socket {
  const socket = connect(Number(new URL(api.url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  const head = [
    'POST /v1/documents HTTP/1.1',
    'Host: x',
    ...(credential === '' ? [] : [`Authorization: Bearer ${credential}`]),
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

describe.concurrent('an upload that is refused before it has come', { timeout: 60_000 }, () => {
  it.each<[string, () => Promise<string>, number]>([
    ['nobody', () => Promise.resolve(''), 401],
    ['a reader', () => keyFor({ permissions: ['documents:read'] }), 403],
    ['a caller with an unknown file', () => keyFor({}), 400],
  ])('of %s, who sends on and on: answered, then closed', async (_, credential, status) => {
    const socket = startUpload(part('x'), await credential(), 200_000_000);
    const answer = answerOn(socket);
    const gone = closed(socket);
    const sending = setInterval(() => socket.write(Buffer.alloc(MB / 4)), 100);
    expect(await answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    await gone;
    clearInterval(sending);
  });

  it('of a caller who falls silent: answered, then closed', async () => {
    const socket = startUpload(`${part('x')}Hello, world`, await keyFor({}), 200_000_000);
    const gone = closed(socket);
    expect(await answerOn(socket)).toMatch(/^HTTP\/1.1 400 /);
    await gone;
  });

  it('of a slow caller, who reads no answer until all is sent: it is still there', async () => {
    const socket = startUpload(part('file'), await keyFor({ tier: 'lite' }), 11 * MB);
    socket.pause().write(Buffer.alloc(10 * MB + 1, 'a'));
    const rest = 11 * MB - part('file').length - 10 * MB - 1;
    for (let count = 0; count < 20; count += 1) {
      await pause(250);
      socket.write(Buffer.alloc(Math.ceil(rest / 20), 'a').subarray(0, rest));
    }
    expect(await answerOn(socket.resume())).toMatch(/^HTTP\/1.1 413 /);
    socket.destroy();
  });
});
