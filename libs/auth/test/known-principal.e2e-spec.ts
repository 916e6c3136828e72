import { Controller, Get, Req, UseGuards, type INestApplication } from '@nestjs/common';
import { AuthGuard as StockGuard } from '@nestjs/passport';
import { Test } from '@nestjs/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claims, mint } from '../../../test/support/tokens.js';
import {
  createScratchDatabase,
  type ScratchDatabase,
} from '../../../test/support/scratch-database.js';
import {
  AccountService,
  API_KEY_STRATEGY,
  ApiKeyService,
  AuthModule,
  CurrentPrincipal,
  generateMasterKey,
  JWT_STRATEGY,
  Public,
  RequireAuthentication,
  type GuardedRequest,
  type IssuedApiKey,
  type Principal,
} from '../src/index.js';
import { authDatabase } from './auth-database.js';

/** What went wrong for whoever tried to alter something. */
const attempt = (alter: () => unknown): string => {
  try {
    alter();
    return 'done';
  } catch (error) {
    return (error as Error).name;
  }
};

/** Tries to give itself more than it has, in every way in which an object can be altered. */
function vandalise(principal: Principal): string[] {
  const loose = principal as unknown as Record<string, unknown> & Record<'permissions', string[]>;
  principal.expiresAt?.setFullYear(2999);
  principal.issuedAt?.setFullYear(2999);
  return [
    attempt(() => (loose['accountId'] = 'acct_other')),
    attempt(() => delete loose['tier']),
    attempt(() => Object.assign(loose, { added: true })),
    attempt(() => Object.setPrototypeOf(loose, { admin: true })),
    attempt(() => loose.permissions.push('admin')),
    attempt(() => (loose.permissions[0] = 'admin')),
    attempt(() => (loose['grants'] as string[]).push('admin')),
    attempt(() => Object.setPrototypeOf(loose.permissions, { includes: () => true })),
  ];
}

@Controller()
class CallersController {
  @RequireAuthentication()
  @Get('caller')
  read(@CurrentPrincipal() principal: Principal): object {
    return principal;
  }

  @RequireAuthentication()
  @Get('vandal')
  alter(@Req() { user }: GuardedRequest): string[] {
    return vandalise(user as Principal);
  }

  @Public()
  @UseGuards(StockGuard([API_KEY_STRATEGY, JWT_STRATEGY]))
  @Get('stock')
  alterBehindStockGuard(@Req() { user }: GuardedRequest): string[] {
    return vandalise(user as Principal);
  }
}

let database: ScratchDatabase;
let app: INestApplication;
let url: string;
let issued: IssuedApiKey;
beforeAll(async () => {
  database = await createScratchDatabase();
  const auth = AuthModule.forRoot({ masterKeys: generateMasterKey() });
  const imports = [authDatabase(database.url), auth];
  const module = await Test.createTestingModule({
    imports,
    controllers: [CallersController],
  }).compile();
  app = module.createNestApplication({ logger: false });
  await app.listen(0, '127.0.0.1');
  url = await app.getUrl();
  const { id: accountId } = await app.get(AccountService).create({ name: 'Test', tier: 'lite' });
  const expiresAt = new Date(Date.now() + 3_600_000);
  const request = { accountId, name: 'Test', permissions: ['*'], expiresAt };
  issued = await app.get(ApiKeyService).issue(request);
});
afterAll(async () => {
  await app.close();
  await database.drop();
});

const get = async (path: string, credential: string): Promise<unknown> => {
  const headers = { authorization: `Bearer ${credential}` };
  return (await fetch(`${url}/${path}`, { headers })).json();
};

describe('who calls, as a controller is told', () => {
  it.each<[string, () => string]>([
    ['by key', () => issued.key],
    ['by JWT', () => mint(issued.key, claims('user'), { kid: issued.record.id })],
    ['by a JWT that names no key', () => mint(issued.key, claims(issued.record.accountId))],
  ])('cannot be altered for the next request: %s', async (_, credentialOf) => {
    const credential = credentialOf();
    // The first one is judged, the others come from memory.
    for (const path of ['vandal', 'vandal', 'stock', 'stock']) {
      expect(new Set((await get(path, credential)) as string[])).toEqual(new Set(['TypeError']));
    }
    const seen = await get('caller', credential);
    expect(seen).toMatchObject({ accountId: issued.record.accountId, tier: 'lite' });
    expect(JSON.stringify(seen)).not.toMatch(/2999|admin|other/);
  });
});
