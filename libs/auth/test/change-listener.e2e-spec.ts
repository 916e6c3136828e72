import type { INestApplicationContext } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { DataSource } from 'typeorm';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { Wire } from '../../../test/support/processes/wire.js';
import {
  createScratchDatabase,
  type ScratchDatabase,
} from '../../../test/support/scratch-database.js';
import {
  AccountService,
  ApiKeyAuthenticator,
  ApiKeyService,
  AuthModule,
  ChangeListener,
  generateMasterKey,
  type AuthModuleOptions,
  type IssuedApiKey,
} from '../src/index.js';
import { authDatabase } from './auth-database.js';
import { PATIENCE } from './patience.js';

let database: ScratchDatabase;

beforeAll(async () => {
  database = await createScratchDatabase();
});

afterAll(() => database.drop());

const APPLICATION = 'listening application';
const MASTER_KEYS = generateMasterKey();

describe('an application that listens', () => {
  let app: INestApplicationContext;
  let issued: IssuedApiKey;

  const listening = (): ChangeListener => app.get(ChangeListener, { strict: false });
  const connections = (): Promise<{ pid: number; query: string }[]> =>
    database.query(
      'SELECT pid, query FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1',
      [APPLICATION],
    );
  const stateIs = (state: string): Promise<void> =>
    vi.waitFor(() => expect(listening().state).toBe(state), PATIENCE);

  async function start(options: Partial<AuthModuleOptions> = {}): Promise<void> {
    const url = new URL(database.url);
    url.searchParams.set('application_name', APPLICATION);
    const auth = AuthModule.forRoot({ masterKeys: MASTER_KEYS, ...options });
    const imports = [authDatabase(url.href), auth];
    const module = await Test.createTestingModule({ imports }).compile();
    app = await module.createNestApplication({ logger: false }).init();
    const account = await app.get(AccountService).create({ name: 'Test', tier: 'lite' });
    const key = { accountId: account.id, name: 'Test', permissions: [] };
    issued = await app.get(ApiKeyService).issue(key);
  }

  /** Whether the key is known without asking the database. */
  const isRemembered = (): boolean => {
    const known = app.get(ApiKeyAuthenticator).recall('api_key', issued.key, () => null);
    return known !== undefined;
  };

  async function remember(): Promise<void> {
    // What was changed before this is told of before it, and not while the key is read.
    await listening().catchUp();
    await app.get(ApiKeyAuthenticator).authenticateKey(issued.key, () => null);
    expect(isRemembered()).toBe(true);
  }

  const set = (assignment: string): Promise<object[]> =>
    database.query(`UPDATE auth_api_keys SET ${assignment} WHERE id = $1`, [issued.record.id]);

  afterEach(async () => {
    await app.close();
  });

  it('knows, once it caught up, of everything that was committed before, and of nothing else', async () => {
    await start();
    expect(listening().state).toBe('ok');
    await remember();
    await set(`name = 'Other'`);
    expect(await listening().catchUp()).toBe(true);
    expect(isRemembered()).toBe(true);
    await set(`revoked_at = now()`);
    expect(await listening().catchUp()).toBe(true);
    expect(isRemembered()).toBe(false);
  });

  it('keeps no row that counts when a hundred others change, and when everything is gone', async () => {
    await start();
    for (const statement of [
      `INSERT INTO auth_accounts (id, name, tier) SELECT 'acct_mass_' || n, 'Test', 'lite' FROM generate_series(1, 101) n`,
      'TRUNCATE auth_api_keys',
    ]) {
      await remember();
      await database.query(statement);
      await listening().catchUp();
      expect(isRemembered()).toBe(false);
    }
  });

  it('takes everything for changed when its connection is terminated, and recovers', async () => {
    await start();
    await remember();
    const own = (await connections()).filter(({ query }) => query.startsWith('LISTEN'));
    expect(own).toHaveLength(1);
    await database.query('SELECT pg_terminate_backend($1)', [own[0]?.pid]);
    await stateIs('degraded');
    expect(isRemembered()).toBe(false);
    await stateIs('ok');
    await remember();
    await set(`revoked_at = now()`);
    await listening().catchUp();
    expect(isRemembered()).toBe(false);
  });

  it('starts without the channel, and has it once the database is there', async () => {
    const wire = await Wire.to(database.url);
    await wire.cut();
    await start({ changeChannel: wire.url });
    expect(listening().state).toBe('degraded');
    expect(await listening().catchUp()).toBe(false);
    await remember();
    await wire.open();
    await stateIs('ok');
    expect(isRemembered()).toBe(false);
    expect(await listening().catchUp()).toBe(true);
    await app.close();
    await wire.cut();
  });

  it('notices that a connection hangs, and takes everything for changed', async () => {
    const wire = await Wire.to(database.url);
    await start({ changeChannel: wire.url });
    expect(listening().state).toBe('ok');
    await remember();
    await wire.stall();
    await set(`revoked_at = now()`);
    expect(await listening().catchUp()).toBe(false);
    await stateIs('degraded');
    expect(isRemembered()).toBe(false);
    await stateIs('ok');
    await app.close();
    await wire.cut();
  });

  it('knows of its own changes at once, though nobody listens', async () => {
    await start({ changeChannel: false });
    expect(listening().state).toBe('off');
    expect(await listening().catchUp()).toBe(false);
    expect((await connections()).filter(({ query }) => query.startsWith('LISTEN'))).toEqual([]);
    await remember();
    await app.get(ApiKeyService).patch(issued.record.id, { permissions: ['*'] });
    expect(isRemembered()).toBe(false);
    await remember();
    await app.get(AccountService).patch(issued.record.accountId, { tier: 'standard' });
    expect(isRemembered()).toBe(false);
  });

  it('knows of its own changes no sooner than they are committed, and not of what was taken back', async () => {
    await start({ changeChannel: false });
    const keys = app.get(ApiKeyService);
    await remember();
    const transaction = app.get(DataSource).transaction(async (manager) => {
      await keys.revoke(issued.record.id, { manager });
      expect(isRemembered()).toBe(true);
      throw new Error('taken back');
    });
    await expect(transaction).rejects.toThrow('taken back');
    expect(isRemembered()).toBe(true);
    await app.get(DataSource).transaction((manager) => keys.revoke(issued.record.id, { manager }));
    expect(isRemembered()).toBe(false);
  });

  it.each([
    ['listens', {}],
    ['tries to', { changeChannel: 'postgres://127.0.0.1:1/none' }],
  ])('leaves no connection behind when it ends while it %s', async (_, options) => {
    await start(options);
    expect(await connections()).not.toEqual([]);
    await app.close();
    await vi.waitFor(async () => expect(await connections()).toEqual([]), PATIENCE);
    expect(
      await listening()
        .catchUp()
        .catch(() => false),
    ).toBe(false);
  });
});
