import { generateMasterKey, UsageRecorder, type IssuedApiKey } from '@clary/nestjs-auth';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../support/api.js';
import { readUsage, totals } from '../support/usage.js';

const variables = { CLARY_MASTER_KEYS: generateMasterKey() };

/** Milliseconds: what the contract with operators says that a killed process loses at most. */
const BOUND = 10_000;

/** Milliseconds that a busy machine takes to do what was due. */
const SLACK = 5000;

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ variables });
});
afterAll(() => api.stop());

async function use(credential: string, times: number, where: { url: string } = api): Promise<void> {
  const headers = { authorization: `Bearer ${credential}` };
  for (let time = 0; time < times; time += 1)
    expect((await fetch(`${where.url}/v1/me`, { headers })).status).toBe(200);
}

/** How often a key was let in, as the API tells it. */
async function countOf({ record }: IssuedApiKey): Promise<number> {
  const query = `key_id=${record.id}&account_id=all`;
  const { data } = await readUsage(api, api.adminKey, query);
  return totals(data)['GET /v1/me allowed'] ?? 0;
}

/** The same, as it is stored at this moment. */
async function storedCountOf({ record }: IssuedApiKey): Promise<number> {
  const sql = 'SELECT sum(count)::int AS count FROM auth_usage WHERE key_id = $1';
  const [row] = await api.database.query<{ count: number | null }>(sql, [record.id]);
  return row?.count ?? 0;
}

/** Waits until usage is stored that nobody asked to be written. */
async function stored(issued: IssuedApiKey, count: number): Promise<void> {
  const deadline = Date.now() + BOUND + SLACK;
  while ((await storedCountOf(issued)) < count) {
    if (Date.now() > deadline) throw new Error('It is not written within the bound');
    await new Promise((done) => setTimeout(done, 100));
  }
}

describe('usage', () => {
  it('is lost to no outage, delays no answer, and is added once', async () => {
    const issued = await api.issueKey();
    await api.database.query('ALTER TABLE auth_usage RENAME TO away');
    await use(issued.key, 2);
    await api.get(UsageRecorder).flush();
    await use(issued.key, 3);
    await api.get(UsageRecorder).flush();
    await use(issued.key, 1);
    await api.database.query('ALTER TABLE away RENAME TO auth_usage');
    expect(await countOf(issued)).toBe(6);
    expect(await countOf(issued)).toBe(6);
    expect(api.log.some((line) => line.includes('Usage waits for the database'))).toBe(true);
    expect(api.log.some((line) => line.includes('lost to the usage'))).toBe(false);
  });

  it('is added once, also where the database has done it and its answer came too late', async () => {
    const issued = await api.issueKey();
    await api.get(UsageRecorder).flush();
    await api.database.query(
      `CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN PERFORM pg_sleep(2.5); RETURN NULL; END $$`,
    );
    await api.database.query(
      'CREATE TRIGGER dawdle AFTER INSERT ON auth_usage EXECUTE FUNCTION dawdle()',
    );
    await use(issued.key, 4);
    const warnings = (): number =>
      api.log.filter((line) => line.includes('Usage waits for the database')).length;
    const before = warnings();
    await api.get(UsageRecorder).flush();
    expect(warnings()).toBe(before + 1);
    // Waits for what the database is still doing.
    await api.database.query('DROP TRIGGER dawdle ON auth_usage');
    await api.database.query('DROP FUNCTION dawdle');
    expect(await storedCountOf(issued)).toBe(4);
    await use(issued.key, 1);
    expect(await countOf(issued)).toBe(5);
  });

  it('of several replicas adds up, and is complete once they have stopped', async () => {
    const issued = await api.issueKey();
    const other = await startTestApi({ database: api.database, variables });
    await use(issued.key, 2);
    await Promise.all([use(issued.key, 3, other), use(issued.key, 2)]);
    await Promise.all([api.get(UsageRecorder).flush(), other.get(UsageRecorder).flush()]);
    expect(await countOf(issued)).toBe(7);
    await use(issued.key, 5, other);
    await other.stop();
    expect(await storedCountOf(issued)).toBe(12);
  });

  it('does not stand in the way of a key that is gone', async () => {
    const [gone, kept] = [await api.issueKey(), await api.issueKey()];
    await use(gone.key, 1);
    await use(kept.key, 1);
    await api.database.query('DELETE FROM auth_api_keys WHERE id = $1', [gone.record.id]);
    expect([await countOf(gone), await countOf(kept)]).toEqual([0, 1]);
  });
});

describe('a process that is killed', () => {
  let dataDir: string;
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'clary-killed-'));
  });
  afterAll(() => rm(dataDir, { recursive: true, force: true }));

  it('has written all but the last 10 seconds', async () => {
    const issued = await api.issueKey();
    const env = { ...process.env, ...variables, DATABASE_URL: api.database.url, DATA_DIR: dataDir };
    const child = spawn(process.execPath, ['apps/api/dist/main.js'], {
      cwd: resolve(import.meta.dirname, '../..'),
      env: { ...env, PORT: '0', LOG_LEVEL: 'info' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const url = await addressIn(child.stdout);
      await use(issued.key, 3, { url });
      await stored(issued, 3);
      await use(issued.key, 1, { url });
    } finally {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    expect(await storedCountOf(issued)).toBe(3);
  }, 60_000);
});

/** Where a process says that it listens. */
async function addressIn(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  for (;;) {
    const [, url] = /"url":"([^"]+)"/.exec(text) ?? [];
    if (url !== undefined) return url;
    await once(stream, 'data');
  }
}
