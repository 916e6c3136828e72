import { ApiKeyService, generateMasterKey, WrongMasterKeyError } from '@clary/nestjs-auth';
import { mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from 'vitest';
import { databaseOptions } from '../../apps/api/src/database/options.js';
import { startTestApi, type TestApi } from '../support/api.js';
import { createScratchDatabase, type ScratchDatabase } from '../support/scratch-database.js';
import { claims, mint } from '../support/tokens.js';

let database: ScratchDatabase;
let folder: string;
let keyFile: string;
const running: TestApi[] = [];
const masterKeys = generateMasterKey();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clary-install-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

beforeEach(async () => {
  database = await createScratchDatabase();
  keyFile = join(folder, `key-${Math.random().toString(36).slice(2)}`);
});
afterEach(async () => {
  for (const api of running.splice(0)) await api.stop();
  await database.drop();
});

async function start(variables: Record<string, string> = {}): Promise<TestApi> {
  const all = { CLARY_MASTER_KEYS: masterKeys, CLARY_BOOTSTRAP_KEY_FILE: keyFile, ...variables };
  const api = await startTestApi({ database, variables: all });
  running.push(api);
  return api;
}

const countKeys = async (): Promise<number> => {
  const [row] = await database.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM auth_api_keys',
  );
  return row?.count ?? -1;
};

const readKey = async (): Promise<string> => (await readFile(keyFile, 'utf8')).trim();

describe('the first key', () => {
  it('is written to the file named, for its owner alone, and gets in as admin', async () => {
    const api = await start();
    const key = await readKey();
    expect((await stat(keyFile)).mode & 0o777).toBe(0o600);
    const answer = await api.request('GET', '/v1/me', { credential: key });
    expect(await answer.json()).toMatchObject({
      tier: 'professional',
      permissions: ['*', 'admin'],
    });
    const [account] = await database.query<{ name: string }>('SELECT name FROM auth_accounts');
    expect(account?.name).toBe('default');
  });

  it('is made once: later starts make none, even after it was revoked', async () => {
    await start();
    await database.query('UPDATE auth_api_keys SET revoked_at = now()');
    await rm(keyFile);
    await start();
    expect(await countKeys()).toBe(1);
    await expect(stat(keyFile)).rejects.toThrow('ENOENT');
  });

  it('is made once per environment, in the same account', async () => {
    await start();
    const api = await start({
      CLARY_ENVIRONMENT: 'staging',
      CLARY_BOOTSTRAP_KEY_FILE: `${keyFile}-staging`,
    });
    const rows = await database.query<{ environment: string; account_id: string }>(
      'SELECT environment, account_id FROM auth_api_keys ORDER BY environment',
    );
    expect(rows.map(({ environment }) => environment)).toEqual(['development', 'staging']);
    expect(new Set(rows.map((row) => row.account_id)).size).toBe(1);
    expect((await api.request('GET', '/v1/me', { credential: await readKey() })).status).toBe(401);
  });

  it('is one when two replicas start at once', async () => {
    await Promise.all([start(), start()]);
    expect(await countKeys()).toBe(1);
    const answers = running.map(
      async (api) => (await api.request('GET', '/v1/me', { credential: await readKey() })).status,
    );
    expect(await Promise.all(answers)).toEqual([200, 200]);
  });

  it('replaces a leftover that the database does not know', async () => {
    const elsewhere = `clary_dev_${'a'.repeat(16)}_${'b'.repeat(43)}27ljJA`;
    await writeFile(keyFile, `${elsewhere}\n`, { mode: 0o600 });
    const api = await start();
    expect(await readKey()).not.toBe(elsewhere);
    expect((await api.request('GET', '/v1/me', { credential: await readKey() })).status).toBe(200);
  });

  it('replaces nothing else: the start stops, and no key is made', async () => {
    await writeFile(keyFile, 'my diary');
    await expect(start()).rejects.toThrow(
      /^CLARY_BOOTSTRAP_KEY_FILE: .* is not left over from a start/,
    );
    expect(await readKey()).toBe('my diary');
    expect(await countKeys()).toBe(0);
  });

  it('follows no symlink', async () => {
    const target = join(folder, 'target');
    await writeFile(target, `clary_dev_${'a'.repeat(16)}_${'b'.repeat(43)}27ljJA`);
    await symlink(target, keyFile);
    await expect(start()).rejects.toThrow(/^CLARY_BOOTSTRAP_KEY_FILE: .* cannot be read \(ELOOP\)/);
    expect(await countKeys()).toBe(0);
  });

  it('is not made in production without a terminal or a file; the start goes on and says what to do', async () => {
    const api = await start({ CLARY_ENVIRONMENT: 'production', CLARY_BOOTSTRAP_KEY_FILE: '' });
    expect(await countKeys()).toBe(0);
    expect(api.log.join('')).toContain('set CLARY_BOOTSTRAP_KEY_FILE to a path and start again');
    expect(api.log.join('')).toContain('clary keys create --name Operations');
    expect((await api.request('GET', '/health/ready')).status).toBe(200);
  });
});

describe('the master keys', () => {
  it('must be given with a database of one’s own, outside development', async () => {
    const variables = { CLARY_ENVIRONMENT: 'production', CLARY_MASTER_KEYS: '' };
    await expect(start(variables)).rejects.toThrow(/^CLARY_MASTER_KEYS must be set/);
  });

  it('are generated into the data folder of an empty installation, for its owner alone, and found again', async () => {
    const first = await start({ CLARY_MASTER_KEYS: '', DATA_DIR: join(folder, 'data') });
    const path = join(folder, 'data', 'master-keys');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const issued = await first.issueKey();
    const second = await start({ CLARY_MASTER_KEYS: '', DATA_DIR: join(folder, 'data') });
    const credential = mint(issued.key, claims('user'), { kid: issued.record.id });
    expect((await second.request('GET', '/v1/me', { credential })).status).toBe(200);
  });

  it('stop the start when a version names another key than before', async () => {
    await start();
    await expect(start({ CLARY_MASTER_KEYS: generateMasterKey() })).rejects.toThrow(
      WrongMasterKeyError,
    );
  });

  it('that are lost are named and not replaced: keys go on working, their JWTs are answered with 503', async () => {
    const issued = await (await start()).issueKey();
    const api = await start({ CLARY_MASTER_KEYS: generateMasterKey(2) });
    expect(api.log.join('')).toContain('Master key version 1 is missing');
    expect((await api.request('GET', '/v1/me', { credential: issued.key })).status).toBe(200);
    const credential = mint(issued.key, claims('user'), { kid: issued.record.id });
    expect((await api.request('GET', '/v1/me', { credential })).status).toBe(503);
    await start({ CLARY_MASTER_KEYS: '', DATA_DIR: join(folder, 'lost') });
    await expect(stat(join(folder, 'lost', 'master-keys'))).rejects.toThrow('ENOENT');
  });

  it('may be two while keys are sealed anew', async () => {
    const issued = await (await start()).issueKey();
    const api = await start({ CLARY_MASTER_KEYS: `${generateMasterKey(2)},${masterKeys}` });
    const credential = mint(issued.key, claims('user'), { kid: issued.record.id });
    expect((await api.request('GET', '/v1/me', { credential })).status).toBe(200);
  });
});

describe('the tables', () => {
  it('are what the entities say', async () => {
    await start();
    const dataSource = await new DataSource(databaseOptions(database.url)).initialize();
    const drift = await dataSource.driver.createSchemaBuilder().log();
    await dataSource.destroy();
    expect(drift.upQueries.map(({ query }) => query)).toEqual([]);
  });

  it('are taken down again by the migrations', async () => {
    const dataSource = await new DataSource(databaseOptions(database.url)).initialize();
    const done = await dataSource.runMigrations();
    for (let count = 0; count < done.length; count += 1) await dataSource.undoLastMigration();
    const left = await dataSource.query<object[]>(
      `SELECT tablename FROM pg_tables WHERE schemaname = 'public'`,
    );
    await dataSource.destroy();
    expect(left).toEqual([{ tablename: 'migrations' }]);
  });
});

describe('issuing', () => {
  it.each([
    ['permissions', { permissions: ['documents:fly'] }],
    ['permissions', { permissions: ['docu*'] }],
    ['name', { name: '' }],
    ['name', { name: 'a\nb' }],
    ['methods', { methods: [] }],
    ['expiresAt', { expiresAt: new Date(0) }],
    ['accountId', { accountId: 'acct_0000000000000000' }],
  ])('is refused when %s is wrong, and stores nothing: %j', async (field, request) => {
    const api = await start();
    const before = await countKeys();
    await expect(api.issueKey(request)).rejects.toMatchObject({
      name: 'InvalidApiKeyRequestError',
      field,
    });
    expect(await countKeys()).toBe(before);
  });

  it('is refused above the tier of the account', async () => {
    const api = await start();
    const { record } = await api.issueKey({ tier: 'lite' });
    const request = {
      accountId: record.accountId,
      name: 'x',
      permissions: [],
      tier: 'standard',
    } as const;
    await expect(api.get(ApiKeyService).issue(request)).rejects.toMatchObject({ field: 'tier' });
  });
});
