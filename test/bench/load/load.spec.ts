import { createServer, type RequestListener, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { FirstSeen, Rotation } from './credentials.js';
import { saturate } from './closed-loop.js';
import { emptyHistogram, sendAtRate } from './open-loop.js';
import { Client, UnexpectedStatusError, type Target } from './target.js';

const CONNECTIONS = 4;

const target: Target = { path: '/', expectedStatus: 200, credentials: new Rotation(['a', 'b']) };

let server: Server;
let client: Client;

async function serve(answer: RequestListener): Promise<void> {
  server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  client = new Client(`http://127.0.0.1:${port}`, CONNECTIONS);
}

afterEach(async () => {
  await client.close();
  server.close();
});

/** Answers 401 to one request only. */
function refuseOnce(which: number): RequestListener {
  let count = 0;
  return (_request, response) => {
    count += 1;
    response.writeHead(count === which ? 401 : 200).end('{}');
  };
}

describe('load without pause', () => {
  it('counts every answer, and takes the credentials in turn', async () => {
    const seen: (string | undefined)[] = [];
    await serve((request, response) => {
      seen.push(request.headers.authorization);
      response.end('{}');
    });
    const { requests, seconds } = await saturate(client, target, 0.1);
    expect(requests).toBe(seen.length);
    expect(seconds).toBeGreaterThanOrEqual(0.1);
    const countOf = (header: string): number => seen.filter((value) => value === header).length;
    expect(Math.abs(countOf('Bearer a') - countOf('Bearer b'))).toBeLessThanOrEqual(1);
  });

  it('fails for one unexpected answer among many', async () => {
    await serve(refuseOnce(50));
    await expect(saturate(client, target, 0.5)).rejects.toThrow(UnexpectedStatusError);
  });

  it('fails when the server breaks off', async () => {
    await serve((request) => request.socket.destroy());
    await expect(saturate(client, target, 0.1)).rejects.toThrow('other side closed');
  });
});

describe('load at a fixed rate', () => {
  it('sends as many requests as are due', async () => {
    let count = 0;
    await serve((_request, response) => {
      count += 1;
      response.end('{}');
    });
    const latencies = emptyHistogram();
    await sendAtRate(client, target, { rate: 1000, seconds: 0.1 }, latencies);
    expect(count).toBe(100);
    expect(latencies.count).toBe(100);
  });

  it('fails for one unexpected answer among many', async () => {
    await serve(refuseOnce(50));
    const load = { rate: 1000, seconds: 0.2 };
    await expect(sendAtRate(client, target, load, emptyHistogram())).rejects.toThrow(
      'GET / answered 401 where 200 is expected',
    );
  });

  it('counts the wait of every request that a stall holds up, sent or not', async () => {
    const held: (() => void)[] = [];
    let stalled = true;
    await serve((_request, response) => {
      const answer = (): void => void response.end('{}');
      if (stalled) held.push(answer);
      else answer();
      if (held.length !== 1) return;
      setTimeout(() => {
        stalled = false;
        held.splice(0).forEach((release) => release());
      }, 200);
    });
    const latencies = emptyHistogram();
    await sendAtRate(client, target, { rate: 1000, seconds: 0.3 }, latencies);
    // The 100 requests due in the first half of the stall waited for its second half, though only four were under way.
    expect(latencies.percentile(70)).toBeGreaterThanOrEqual(99_000);
  });
});

describe('credentials', () => {
  it('in rotation come back', () => {
    const rotation = new Rotation(['a', 'b']);
    expect([rotation.next(), rotation.next(), rotation.next()]).toEqual([
      'Bearer a',
      'Bearer b',
      'Bearer a',
    ]);
    expect(() => new Rotation([])).toThrow(RangeError);
  });

  it('seen for the first time never come back, made ahead or not', () => {
    let count = 0;
    const source = new FirstSeen(() => String((count += 1)));
    source.prepare(3);
    const taken = Array.from({ length: 5 }, () => source.next());
    source.prepare(1);
    expect(new Set([...taken, source.next()]).size).toBe(6);
    expect(count).toBe(6);
  });
});
