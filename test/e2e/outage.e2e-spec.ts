import { startEmbeddedPostgres, type EmbeddedPostgres } from '@clary/embedded-postgres';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../support/api.js';
import { Wire } from '../support/processes/wire.js';
import { claims, mint } from '../support/tokens.js';

const UNAVAILABLE =
  '{"error":{"code":"unavailable","message":"The service is temporarily unavailable"}}';

let server: EmbeddedPostgres;
let folder: string;
let wire: Wire;
let api: TestApi;
let key: string;
let token: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clary-outage-'));
  // As root the server is another user, who must get through to its own folder.
  await chmod(folder, 0o711);
  server = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres') });
  wire = await Wire.to(server.url);
  const done = (): Promise<void> => Promise.resolve();
  const unused = { query: () => Promise.resolve([]), drop: done, settle: done };
  api = await startTestApi({ database: { url: wire.url, watchers: new Set(), ...unused } });
  [key, token] = await issue();
});

afterAll(async () => {
  await api.stop();
  await wire.cut();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A key and a JWT of it, which nobody has used. */
async function issue(): Promise<[key: string, token: string]> {
  const { key, record } = await api.issueKey();
  return [key, mint(key, claims('user'), { kid: record.id })];
}

/** What is answered to the credentials that were used before. */
const statuses = async (): Promise<number[]> =>
  Promise.all(
    [key, token].map(
      async (credential) => (await api.request('GET', '/v1/me', { credential })).status,
    ),
  );

/** Waits until both credentials get in again; the test's time-out is the bound. */
async function recovered(): Promise<void> {
  const deadline = Date.now() + 5000;
  while ((await statuses()).some((status) => status !== 200)) {
    if (Date.now() > deadline)
      throw new Error('Not healthy within 5 s of the return of the database');
    await new Promise((done) => setTimeout(done, 100));
  }
}

async function expectUnavailable(credentials: readonly string[]): Promise<void> {
  for (const credential of credentials) {
    const started = Date.now();
    const answer = await api.request('GET', '/v1/me', { credential });
    expect([answer.status, await answer.text()]).toEqual([503, UNAVAILABLE]);
    expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(answer.headers.get('www-authenticate')).toBeNull();
    // The contract's bound, with which clients set their own time-outs.
    expect(Date.now() - started).toBeLessThan(2000);
  }
  expect((await api.request('GET', '/health/live')).status).toBe(200);
  const ready = await api.request('GET', '/health/ready');
  expect(ready.status).toBe(503);
  expect(ready.headers.get('retry-after')).toMatch(/^\d+$/);
  expect(await ready.json()).toMatchObject({
    status: 'unavailable',
    components: { database: 'unavailable' },
  });
}

describe('while the database cannot be asked', () => {
  it.each([
    ['gone', () => wire.cut(), () => wire.open()],
    ['hanging', () => wire.freeze(true), () => wire.freeze(false)],
  ])(
    'because it is %s, the answer is 503 and never 401, but for those that are known, and all is well once it is back',
    async (_, away, back) => {
      const unused = await issue();
      expect(await statuses()).toEqual([200, 200]);
      await away();
      await expectUnavailable(unused);
      expect(await statuses()).toEqual([200, 200]);
      const malformed = await api.request('GET', '/v1/me', { credential: 'clary_dev_x' });
      expect(malformed.status).toBe(401);
      await back();
      await recovered();
    },
  );
});
