import { beforeEach, describe, expect, it, vi } from 'vitest';

import { launchServer, type Server, type ServerPlan } from './server.js';
import { type Charge, Supervisor } from './supervisor.js';

vi.mock('./server.js', () => ({ launchServer: vi.fn() }));
vi.mock('./server-state.js', () => ({ writeState: () => Promise.resolve() }));
vi.mock('./pause.js', () => ({ idlePause: () => Promise.resolve() }));

const launch = vi.mocked(launchServer);
const told: string[] = [];
const plan: ServerPlan = {
  binaries: { initdb: '', postgres: '', majorVersion: 18 },
  folder: '/data/postgres',
  user: undefined,
  log: (line) => told.push(line),
};

const charge: Charge = {
  url: 'url',
  plan,
  port: 25_432,
  lease: 'long',
  takeLeave: () => Promise.resolve(undefined),
};

function later<T>() {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settled) => (resolve = settled));
  return { promise, resolve: (value: T) => resolve(value) };
}

function fakeServer(pid: number) {
  const { promise: ended, resolve: end } = later<string>();
  const letGo = vi.fn<() => void>();
  const server: Server = { pid, ended, letGo, keepAlive: () => undefined };
  return { server, end, letGo };
}

/** Lets everything happen that waits for nothing but its turn. */
async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

beforeEach(() => {
  launch.mockReset();
  told.length = 0;
});

describe('a supervisor', () => {
  it('starts a server again until it comes up, on the same port', async () => {
    const [first, second] = [fakeServer(1), fakeServer(2)];
    launch.mockRejectedValueOnce(new Error('not yet')).mockResolvedValueOnce(second.server);
    const supervisor = new Supervisor(charge, first.server);
    first.end('status 137');
    await settle();
    expect(supervisor.pid).toBe(2);
    expect(launch.mock.calls.map(([, port]) => port)).toEqual([25_432, 25_432]);
    expect(told).toEqual([
      'PostgreSQL ended by itself (status 137) and is started again.',
      'Starting again failed: not yet',
      'PostgreSQL runs again.',
    ]);
  });

  it('stops the server that came up in the moment of stop(), and waits for its end', async () => {
    const [first, second] = [fakeServer(1), fakeServer(2)];
    const launching = later<Server>();
    launch.mockReturnValueOnce(launching.promise);
    const supervisor = new Supervisor(charge, first.server);
    first.end('status 137');
    await settle();
    let isStopped = false;
    const stopped = supervisor.stop().then(() => (isStopped = true));
    launching.resolve(second.server);
    await settle();
    expect(second.letGo).toHaveBeenCalled();
    expect(isStopped).toBe(false);
    second.end('status 0');
    await stopped;
    expect(told).not.toContain('PostgreSQL runs again.');
  });
});
