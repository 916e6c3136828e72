import { Controller, Get, Param, type INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createScratchDatabase,
  type ScratchDatabase,
} from '../../../test/support/scratch-database.js';
import { claims, mint, now } from '../../../test/support/tokens.js';
import {
  AccountService,
  ApiKeyService,
  AuthModule,
  CurrentPrincipal,
  generateMasterKey,
  newId,
  Public,
  RequireAuthentication,
  RequirePermission,
  UsageRecorder,
  UsageService,
  type IssuedApiKey,
  type Principal,
  type UsageOutcome,
} from '../src/index.js';
import { batchOf } from '../src/usage/usage-batch.js';
import { HOUR, type UsageLine } from '../src/usage/usage-line.js';
import { UsageRepository } from '../src/usage/usage.repository.js';
import { authDatabase } from './auth-database.js';

@Controller('reports')
class ReportController {
  @RequireAuthentication()
  @Get()
  list(@CurrentPrincipal() { keyId }: Principal): object {
    return { keyId };
  }

  @RequirePermission('reports:read')
  @Get(':id')
  read(@Param('id') id: string): object {
    return { id };
  }

  @Public()
  @Get('open/:id')
  open(): object {
    return {};
  }
}

const masterKeys = generateMasterKey();

let database: ScratchDatabase;
const applications: INestApplication[] = [];

/** An application of somebody else, on Express. */
async function open(usage: boolean): Promise<INestApplication> {
  const options = { masterKeys, permissions: ['reports:read'], usage };
  const imports = [authDatabase(database.url), AuthModule.forRoot(options)];
  const module = await Test.createTestingModule({
    imports,
    controllers: [ReportController],
  }).compile();
  const app = module.createNestApplication({ logger: false });
  applications.push(app.setGlobalPrefix('api'));
  await app.listen(0, '127.0.0.1');
  return app;
}

let app: INestApplication;
beforeAll(async () => {
  database = await createScratchDatabase();
  app = await open(true);
});
afterAll(async () => {
  for (const each of applications) await each.close();
  await database.drop();
});

async function issue(permissions = ['reports:read'], from = app): Promise<IssuedApiKey> {
  const { id } = await from.get(AccountService).create({ name: 'Test', tier: 'lite' });
  return from.get(ApiKeyService).issue({ accountId: id, name: 'Test', permissions });
}

async function call(path: string, credential: string, from = app): Promise<number> {
  const headers = { authorization: `Bearer ${credential}` };
  return (await fetch(`${await from.getUrl()}/api${path}`, { headers })).status;
}

/** What was counted of a key: route, outcome, count. */
async function usageOf(keyId: string): Promise<unknown[]> {
  await app.get(UsageRecorder).flush();
  const [from, to] = [new Date(Date.now() - HOUR), new Date(Date.now() + HOUR)];
  const filter = { keyId, from, to, granularity: 'day', limit: 100 } as const;
  const usage = await app.get(UsageService).list(filter);
  return usage.map(({ route, outcome, count }) => [route, outcome, count]);
}

describe('an application that wants usage', () => {
  it('counts what was let in and what lacked rights, by key and by JWT, under the templates of its routes', async () => {
    const { key, record } = await issue([]);
    const token = mint(key, claims('user'), { kid: record.id });
    for (const credential of [key, token]) {
      expect(await call('/reports', credential)).toBe(200);
      expect(await call('/reports/17', credential)).toBe(403);
    }
    expect(await call('/reports/open/17', key)).toBe(200);
    expect(await usageOf(record.id)).toEqual([
      ['GET /api/reports', 'allowed', 2],
      ['GET /api/reports/{id}', 'forbidden', 2],
    ]);
  });

  it('counts refusals of genuine credentials, and none of strangers', async () => {
    const { key, record } = await issue();
    const { key: other } = await issue();
    const kid = { kid: record.id };
    const expired = claims('user', { iat: now() - 7200, exp: now() - 3600 });
    for (const credential of [mint(key, expired, kid), mint(other, claims('user'), kid), 'x'])
      expect(await call('/reports', credential)).toBe(401);
    expect(await usageOf(record.id)).toEqual([['GET /api/reports', 'unauthorized', 1]]);
    expect((await app.get(UsageService).findLastUses([record.id])).size).toBe(0);
  });

  it('knows when a key was last used, and which permissions it had need of', async () => {
    const before = Date.now();
    const { key, record } = await issue(['*']);
    await call('/reports', key);
    await app.get(UsageRecorder).flush();
    const usage = app.get(UsageService);
    expect(await usage.findPermissionsInUse(record)).toMatchObject({ used: [], suggested: [] });
    await call('/reports/1', key);
    await app.get(UsageRecorder).flush();
    const lastUsedAt = (await usage.findLastUses([record.id])).get(record.id) as Date;
    expect(lastUsedAt.getTime()).toBeGreaterThanOrEqual(before);
    expect(lastUsedAt.getTime()).toBeLessThanOrEqual(Date.now());
    expect(await usage.findPermissionsInUse(record)).toEqual({
      since: record.createdAt,
      granted: ['*'],
      used: [{ permission: 'reports:read', lastUsedAt }],
      unused: [],
      suggested: ['reports:read'],
    });
    const { id, permissions } = record;
    const ofOld = await usage.findPermissionsInUse({ id, permissions, createdAt: new Date(0) });
    expect(ofOld.since.getTime()).toBeGreaterThan(Date.now() - 31 * 24 * HOUR);
  });

  it('that does not ask for it has none', async () => {
    const other = await open(false);
    const { key, record } = await issue([], other);
    expect(await call('/reports', key, other)).toBe(200);
    await other.get(UsageRecorder).flush();
    expect(await usageOf(record.id)).toEqual([]);
  });
});

describe('a batch', () => {
  const line = (keyId: string, template = 'GET /x', outcome: UsageOutcome = 'allowed') =>
    ({
      hour: new Date(Math.floor(Date.now() / HOUR) * HOUR),
      keyId,
      route: { template, permissions: ['reports:read'] },
      outcome,
      count: 3,
      lastAt: Date.now(),
    }) satisfies UsageLine;
  const add = (writer: string, number: number, lines: readonly UsageLine[]): Promise<void> =>
    app.get(UsageRepository).addOnce(writer, number, batchOf(lines, []));

  it('counts once, however often it is sent, also at once', async () => {
    const { record } = await issue();
    const lines = [line(record.id)];
    await Promise.all([add('one', 1, lines), add('one', 1, lines), add('one', 1, lines)]);
    await add('one', 1, lines);
    expect(await usageOf(record.id)).toEqual([['GET /x', 'allowed', 3]]);
    await add('one', 2, lines);
    await add('two', 1, lines);
    expect(await usageOf(record.id)).toEqual([['GET /x', 'allowed', 9]]);
  });

  it('may name a line twice', async () => {
    const { record } = await issue();
    await add('three', 1, [line(record.id), line(record.id)]);
    expect(await usageOf(record.id)).toEqual([['GET /x', 'allowed', 6]]);
  });

  it('passes over keys that are gone', async () => {
    const { record } = await issue();
    await add('four', 1, [line('key_gone'), line(record.id)]);
    expect(await usageOf('key_gone')).toEqual([]);
    expect(await usageOf(record.id)).toEqual([['GET /x', 'allowed', 3]]);
    expect((await app.get(UsageService).findLastUses(['key_gone'])).size).toBe(0);
  });

  it('does not set back when a key was last used', async () => {
    const { record } = await issue();
    const later = line(record.id);
    await add('five', 1, [later]);
    await add('five', 2, [{ ...later, lastAt: later.lastAt - 1000 }]);
    const lastUses = await app.get(UsageService).findLastUses([record.id]);
    expect(lastUses.get(record.id)).toEqual(new Date(later.lastAt));
    const { used } = await app.get(UsageService).findPermissionsInUse(record);
    expect(used).toMatchObject([{ lastUsedAt: new Date(later.lastAt) }]);
  });

  it('does not wait for another that has the same keys in another order', async () => {
    const { record } = await issue();
    const keyIds = Array.from({ length: 200 }, () => newId('key'));
    await database.query(
      `INSERT INTO auth_api_keys SELECT (jsonb_populate_record(key, jsonb_build_object('id', copy.id))).*
       FROM auth_api_keys AS key, unnest($1::text[]) AS copy (id) WHERE key.id = $2`,
      [keyIds, record.id],
    );
    const turned = [...keyIds].reverse();
    const writers = Array.from({ length: 8 }, (_, index) => `many_${index}`);
    for (const number of [1, 2, 3])
      await Promise.all(
        writers.map((writer, index) => {
          const ids = index % 2 === 0 ? keyIds : turned;
          return add(
            writer,
            number,
            ids.map((id) => line(id, `GET /${writer}`)),
          );
        }),
      );
    expect(await usageOf(keyIds[7] as string)).toEqual(
      writers.map((writer) => [`GET /${writer}`, 'allowed', 9]),
    );
  });

  it('stays until its hour is removed for good', async () => {
    const { record } = await issue();
    const old = { ...line(record.id, 'GET /old'), hour: new Date('2020-01-01T00:00:00.000Z') };
    await add('six', 1, [old, line(record.id)]);
    await database.query(
      `UPDATE auth_usage_writers SET written_at = '2020-01-01' WHERE id = 'six'`,
    );
    expect(await app.get(UsageService).prune(new Date('2020-01-01T00:00:00.001Z'))).toBe(1);
    expect(await usageOf(record.id)).toEqual([['GET /x', 'allowed', 3]]);
    const writers = await database.query<{ id: string }>('SELECT id FROM auth_usage_writers');
    expect(writers.map(({ id }) => id)).not.toContain('six');
    expect(writers.map(({ id }) => id)).toContain('one');
  });
});
