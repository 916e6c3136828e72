import { Controller, Get, type DynamicModule, type INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { createScratchDatabase } from '../../../test/support/scratch-database.js';
import { claims, mint } from '../../../test/support/tokens.js';
import {
  AccountService,
  ApiKeyService,
  AuthModule,
  CurrentPrincipal,
  generateMasterKey,
  RequirePermission,
  RequireTier,
  type Principal,
} from '../src/index.js';
import {
  AuthTestingModule,
  signInAs,
  testPrincipal,
  type TestCaller,
} from '../src/testing/index.js';
import { authDatabase } from './auth-database.js';

@Controller('reports')
class ReportsController {
  @Get()
  @RequireTier('pro')
  @RequirePermission('reports:read')
  list(@CurrentPrincipal() { accountId, method, subject }: Principal): object {
    return { accountId, method, subject };
  }

  @Get('admin')
  @RequirePermission('admin')
  all(): object {
    return {};
  }
}

const options = { tiers: ['free', 'pro', 'team'], permissions: ['reports:read', 'reports:write'] };
let app: INestApplication;
let cleanUp: () => Promise<void> = () => Promise.resolve();

afterEach(async () => {
  await app.close();
  await cleanUp();
});

async function start(...imports: DynamicModule[]): Promise<void> {
  const module = await Test.createTestingModule({
    imports,
    controllers: [ReportsController],
  }).compile();
  app = module.createNestApplication({ logger: false });
  await app.listen(0, '127.0.0.1');
}

async function startInMemory(): Promise<void> {
  await start(AuthTestingModule.forRoot(options));
  cleanUp = () => Promise.resolve();
}

async function startOnDatabase(): Promise<void> {
  const database = await createScratchDatabase();
  await start(
    authDatabase(database.url),
    AuthModule.forRoot({ ...options, masterKeys: generateMasterKey() }),
  );
  cleanUp = () => database.drop();
}

const get = async (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${await app.getUrl()}${path}`, { headers });

const statusAs = async (path: string, caller?: TestCaller): Promise<number> =>
  (await get(path, await signInAs(app, caller))).status;

/** The same stories over both stores: a test without a database must not be told anything else. */
describe.each([
  ['without a database', startInMemory],
  ['over a database', startOnDatabase],
])('a test %s', (_, start) => {
  it('signs in as anyone in one line', async () => {
    await start();
    expect(await statusAs('/reports', { tier: 'pro', permissions: ['reports:read'] })).toBe(200);
    expect(await statusAs('/reports', { tier: 'free', permissions: ['reports:read'] })).toBe(403);
    expect(await statusAs('/reports', { tier: 'pro', permissions: ['reports:write'] })).toBe(403);
    expect(await statusAs('/reports')).toBe(200);
    expect((await get('/reports')).status).toBe(401);
  });

  it('signs in with a JWT as a user of the caller', async () => {
    await start();
    const account = await app.get(AccountService).create({ name: 'Acme', tier: 'team' });
    const answer = await get(
      '/reports',
      await signInAs(app, { accountId: account.id, subject: 'user_7' }),
    );
    expect(await answer.json()).toEqual({
      accountId: account.id,
      method: 'jwt',
      subject: 'user_7',
    });
    expect(await statusAs('/reports', { tier: 'free', subject: 'user_7' })).toBe(403);
  });

  it('is admin only by name, also with a JWT', async () => {
    await start();
    expect(await statusAs('/reports/admin')).toBe(403);
    expect(await statusAs('/reports/admin', { permissions: ['admin'] })).toBe(200);
    expect(await statusAs('/reports/admin', { permissions: ['admin'], subject: 'root' })).toBe(200);
    expect(await statusAs('/reports/admin', { subject: 'root' })).toBe(403);
  });

  it('learns what it asked for wrongly', async () => {
    await start();
    for (const caller of [
      { permissions: ['reports:fly'] },
      { tier: 'gold' },
      { accountId: 'acct_0000000000000000' },
    ]) {
      await expect(signInAs(app, caller)).rejects.toThrow(/^(permissions|tier|accountId): /);
    }
  });

  it('meets the very checks of the real thing', async () => {
    await start();
    const account = await app.get(AccountService).create({ name: 'Acme', tier: 'pro' });
    const issue = (more: object = {}) =>
      app
        .get(ApiKeyService)
        .issue({ accountId: account.id, name: 'Test', permissions: ['*'], ...more });
    const { key, record } = await issue();
    const elsewhere = await issue({ environment: 'production' });
    const tokensOnly = await issue({ methods: ['jwt'] });
    const bearer = async (credential: string): Promise<number> =>
      (await get('/reports', { authorization: `Bearer ${credential}` })).status;
    expect(await bearer(key)).toBe(200);
    expect(await bearer(mint(key, claims('user'), { kid: record.id }))).toBe(200);
    expect(await bearer(mint(tokensOnly.key, claims(account.id)))).toBe(200);
    expect(await bearer(mint(elsewhere.key, claims(account.id)))).toBe(401);
    expect(await bearer(elsewhere.key)).toBe(401);
    expect(await bearer(tokensOnly.key)).toBe(401);
    const other = key.endsWith('x') ? 'y' : 'x';
    expect(await bearer(key.slice(0, -1) + other)).toBe(401);
    expect(await bearer(mint(`${key}x`, claims('user'), { kid: record.id }))).toBe(401);
  });
});

describe('a principal for a test', () => {
  it('is what the test says, frozen, and nobody real in the rest', async () => {
    await startInMemory();
    const principal = testPrincipal({ tier: 'pro', accountId: 'acct_aaaaaaaaaaaaaaaa' });
    expect(Object.isFrozen(principal)).toBe(true);
    expect(app.get(ReportsController).list(principal)).toEqual({
      accountId: 'acct_aaaaaaaaaaaaaaaa',
      method: 'api_key',
      subject: null,
    });
  });
});
