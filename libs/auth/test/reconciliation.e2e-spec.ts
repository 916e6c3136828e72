import { Test } from '@nestjs/testing';
import type { INestApplicationContext } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DataSource } from 'typeorm';
import { holdLock } from '../../../test/support/held-lock.js';
import {
  createScratchDatabase,
  type ScratchDatabase,
} from '../../../test/support/scratch-database.js';
import {
  AccountService,
  ApiKeyService,
  AuthModule,
  AuthSettings,
  generateDesiredKey,
  generateMasterKey,
  newId,
  ReconciliationService,
  type DesiredKey,
  type DesiredState,
} from '../src/index.js';
import { AuthTestingModule } from '../src/testing/index.js';
import { authDatabase } from './auth-database.js';

const OPTIONS = { masterKeys: generateMasterKey(), permissions: ['a:b'], audit: true };

let database: ScratchDatabase;
const processes: INestApplicationContext[] = [];
let revision = 0;

async function open(): Promise<INestApplicationContext> {
  const imports = [authDatabase(database.url), AuthModule.forRoot(OPTIONS)];
  const app = (await Test.createTestingModule({ imports }).compile()).createNestApplication();
  return app.init();
}

beforeAll(async () => {
  database = await createScratchDatabase();
  processes.push(await open(), await open());
});
afterAll(async () => {
  for (const process of processes) await process.close();
  await database.drop();
});

const service = (process: 0 | 1 = 0): ReconciliationService =>
  (processes[process] as INestApplicationContext).get(ReconciliationService);

/** A key for a file, with its text. */
function generate(accountId: string, more: object = {}) {
  const settings = processes[0]?.get(AuthSettings) as AuthSettings;
  return generateDesiredKey({ accountId, name: 'Key', permissions: ['a:b'], ...more }, settings);
}

function fileOf(keys: readonly DesiredKey[], account: string): DesiredState {
  revision += 1;
  return { revision, accounts: [{ id: account, name: 'Account', tier: 'lite' }], keys };
}

const eventsOf = (id: string) =>
  database.query<{ action: string; actor: { type: string }; after: Record<string, unknown> }>(
    `SELECT action, actor, after FROM auth_audit_events WHERE target ->> 'id' = $1 ORDER BY at, id`,
    [id],
  );

describe('a desired state', () => {
  it('is applied once by two processes at the same time, with its events', async () => {
    const account = newId('acct');
    const { entry } = generate(account);
    const file = fileOf([entry], account);
    const done = await Promise.all([service(0).apply(file), service(1).apply(file)]);
    expect(done.map(({ creations }) => creations.keys.length).sort()).toEqual([0, 1]);
    expect(await eventsOf(entry.id)).toMatchObject([
      { action: 'api_key.created', actor: { type: 'config' }, after: { name: 'Key' } },
    ]);
    expect(await eventsOf(account)).toMatchObject([
      { action: 'account.created', actor: { type: 'config' }, after: { name: 'Account' } },
    ]);
  });

  it('that is gone revokes its keys, and applying it again leaves no event', async () => {
    const account = newId('acct');
    const { entry } = generate(account);
    await service().apply(fileOf([entry], account));
    await service().apply(fileOf([{ ...entry, tier: 'lite', name: 'Renamed' }], account));
    const last = fileOf([], account);
    await service().apply(last);
    await service().apply(last);
    const events = await eventsOf(entry.id);
    expect(events.map(({ action }) => action)).toEqual([
      'api_key.created',
      'api_key.updated',
      'api_key.revoked',
    ]);
    const stored = await processes[0]?.get(ApiKeyService).get(entry.id);
    expect(stored).toMatchObject({ source: 'config', name: 'Renamed', tier: 'lite' });
  });

  it('stores what the file says of a key, and nothing of the key itself', async () => {
    const account = newId('acct');
    const { key, entry } = generate(account);
    await service().apply(fileOf([entry], account));
    const stored = await processes[0]?.get(ApiKeyService).get(entry.id);
    expect(stored?.verifier).toEqual(entry.verifier);
    expect(stored?.sealedDigest).toEqual(entry.sealedDigest);
    const row = await database.query('SELECT * FROM auth_api_keys WHERE id = $1', [entry.id]);
    expect(JSON.stringify(row)).not.toContain(key.slice(-49));
  });

  it('with an error is not applied at all, and its plan says the same', async () => {
    const account = newId('acct');
    const file = fileOf([generate(account).entry, generate(newId('acct')).entry], account);
    const refused = {
      name: 'InvalidDesiredStateError',
      message: 'keys.1.accountId: names no account',
    };
    await expect(service().apply(file)).rejects.toMatchObject(refused);
    await expect(service().plan(file)).rejects.toMatchObject(refused);
    expect(await eventsOf(account)).toEqual([]);
  });

  it('that the database refuses midway leaves nothing behind, the revision included', async () => {
    const account = newId('acct');
    const good = generate(account).entry;
    const bad = { ...generate(account).entry, environment: 'moon' as 'production' };
    await expect(service().apply(fileOf([good, bad], account))).rejects.toThrow(
      'environment_known',
    );
    expect(await eventsOf(account)).toEqual([]);
    revision -= 1;
    expect((await service().apply(fileOf([good], account))).creations.keys).toHaveLength(1);
  });

  it('is applied in the transaction that is given', async () => {
    const account = newId('acct');
    const dataSource = processes[0]?.get(DataSource) as DataSource;
    const undone = dataSource.transaction(async (manager) => {
      await service().apply(fileOf([], account), { manager });
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    revision -= 1;
    expect((await service().plan(fileOf([], account))).creations.accounts).toHaveLength(1);
  });

  it('counts against what a change over the API has just stored', async () => {
    const account = newId('acct');
    const { entry } = generate(account);
    const file = fileOf([entry], account);
    await service().apply(file);
    const lock = await holdLock(
      database.url,
      'SELECT FROM auth_accounts WHERE id = $1 FOR UPDATE',
      [account],
    );
    const applied = service().apply(file);
    await lock.waitedFor();
    await lock.query('UPDATE auth_api_keys SET name = $2 WHERE id = $1', [entry.id, 'Drifted']);
    await lock.release();
    expect((await applied).changes.keys[0]?.members).toEqual([
      { member: 'name', before: 'Drifted', after: 'Key' },
    ]);
  });

  it('goes together with changes over the API: nobody waits for ever', async () => {
    const accounts = Array.from({ length: 4 }, () => newId('acct'));
    const keys = accounts.map((account) => generate(account).entry);
    const named = accounts.map((id) => ({ id, name: 'Account', tier: 'lite' }));
    revision += 1;
    const file = { revision, accounts: named, keys };
    await service().apply(file);
    const patches = keys.map(({ id }, index) =>
      processes[1]?.get(ApiKeyService).patch(id, { name: `Drifted ${index}` }),
    );
    const renames = accounts.map((id) =>
      processes[1]?.get(AccountService).patch(id, { name: 'x' }),
    );
    const runs = [0, 1, 0].map((process) => service(process as 0 | 1).apply(file));
    await Promise.all([...patches, ...renames, ...runs]);
    await service().apply(file);
    expect((await service().plan(file)).changes).toEqual({ accounts: [], keys: [] });
  });

  it('may be larger than one statement takes', async () => {
    const account = newId('acct');
    const keys = Array.from({ length: 1100 }, () => generate(account).entry);
    const created = await service().apply(fileOf(keys, account));
    expect(created.creations.keys).toHaveLength(1100);
    const renamed = keys.map((entry) => ({ ...entry, name: 'New', metadata: { a: [1] } }));
    expect((await service().apply(fileOf(renamed, account))).changes.keys).toHaveLength(1100);
    expect((await service().apply(fileOf([], account))).revocations).toHaveLength(1100);
    const [row] = await database.query<{ actions: number; revoked: number }>(
      `SELECT count(DISTINCT e.action)::int AS actions, count(DISTINCT k.id)::int AS revoked
       FROM auth_api_keys k JOIN auth_audit_events e ON e.target ->> 'id' = k.id
       WHERE k.account_id = $1 AND k.name = 'New' AND k.revoked_at IS NOT NULL`,
      [account],
    );
    expect(row).toEqual({ actions: 3, revoked: 1100 });
  });
});

it('works in memory as well, for the tests of others', async () => {
  const imports = [AuthTestingModule.forRoot(OPTIONS)];
  const app = (await Test.createTestingModule({ imports }).compile()).createNestApplication();
  await app.init();
  const account = newId('acct');
  const { entry } = generate(account);
  const reconciliation = app.get(ReconciliationService);
  const file = { revision: 1, accounts: [{ id: account, name: 'x', tier: 'lite' }], keys: [entry] };
  expect((await reconciliation.apply(file)).creations.keys).toHaveLength(1);
  expect((await reconciliation.apply({ ...file, revision: 2, keys: [] })).revocations).toHaveLength(
    1,
  );
  expect((await reconciliation.apply(file)).status).toBe('stale');
  await app.close();
});
