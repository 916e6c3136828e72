import { connect, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../support/api.js';

const REQUEST = 'GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n';

/** The head of the next answer on a connection; undefined when it is closed instead. */
function nextHead(socket: Socket): Promise<string | undefined> {
  return new Promise((resolve) => {
    socket.once('data', (chunk: Buffer) => resolve(String(chunk)));
    socket.once('close', () => resolve(undefined));
    socket.once('error', () => resolve(undefined));
  });
}

async function open(api: TestApi): Promise<Socket> {
  const { hostname, port } = new URL(api.url);
  const socket = connect(Number(port), hostname);
  socket.write(REQUEST);
  expect(await nextHead(socket)).toMatch(/^HTTP\/1\.1 200 .*connection: keep-alive/is);
  return socket;
}

describe('an API that is told to stop', () => {
  it('answers what a kept connection sends next, and says that this was the last', async () => {
    const api = await startTestApi();
    const socket = await open(api);
    const stopped = api.stop(1000);
    socket.write(REQUEST);
    expect(await nextHead(socket)).toMatch(/^HTTP\/1\.1 200 .*connection: close/is);
    await stopped;
    await expect(fetch(`${api.url}/health/live`)).rejects.toThrow();
  });

  it('does not wait longer than it is patient for connections on which nothing comes', async () => {
    const api = await startTestApi();
    const socket = await open(api);
    const closed = nextHead(socket);
    await api.stop(50);
    expect(await closed).toBeUndefined();
  });
});
