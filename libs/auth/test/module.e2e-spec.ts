import {
  Controller,
  Get,
  Injectable,
  Module,
  UseGuards,
  type ExecutionContext,
  type INestApplication,
  type Type,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AuthGuard as StockGuard } from '@nestjs/passport';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { Test } from '@nestjs/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { claims, mint } from '../../../test/support/tokens.js';
import {
  createScratchDatabase,
  type ScratchDatabase,
} from '../../../test/support/scratch-database.js';
import {
  AccountService,
  API_KEY_STRATEGY,
  ApiKeyService,
  AuthGuard,
  AuthModule,
  CurrentPrincipal,
  ForbiddenError,
  generateMasterKey,
  JWT_STRATEGY,
  Public,
  RequireAuthentication,
  RequirePermission,
  RequireTier,
  UnauthorizedError,
  type AuthModuleOptions,
  type GuardedRequest,
  type IssuedApiKey,
  type Principal,
} from '../src/index.js';
import { authDatabase } from './auth-database.js';

@RequireTier('pro')
@RequirePermission('reports:read')
@Controller('reports')
class ReportsController {
  @Get()
  list(@CurrentPrincipal() principal: Principal): object {
    return { keyId: principal.keyId };
  }

  @RequireTier('free')
  @RequirePermission('reports:write')
  @Get('stricter')
  stricter(): object {
    return {};
  }

  @RequireTier('team')
  @Get('highest')
  highest(): object {
    return {};
  }
}

@Controller('stacked')
class StackedController {
  @RequireTier('free')
  @RequireTier('team')
  @RequirePermission('reports:read')
  @RequirePermission('reports:write')
  @Get()
  read(): object {
    return {};
  }
}

@RequirePermission('reports:write')
@Controller('derived')
class DerivedController extends ReportsController {}

@Public()
@Controller('open')
class OpenController {
  @Get()
  read(@CurrentPrincipal() principal: Principal | undefined): object {
    return { principal: principal ?? null };
  }

  @RequireAuthentication()
  @Get('closed')
  closed(): object {
    return {};
  }
}

@Controller('undecorated')
class UndecoratedController {
  @Get()
  read(): object {
    return {};
  }
}

@Public()
@UseGuards(StockGuard([API_KEY_STRATEGY, JWT_STRATEGY]))
@Controller('stock')
class StockController {
  @Get()
  read(@CurrentPrincipal() principal: Principal): object {
    return { method: principal.method };
  }
}

@Injectable()
class SocketGuard extends AuthGuard {
  protected override getRequest(context: ExecutionContext): GuardedRequest {
    return context.switchToWs().getClient<{ request: GuardedRequest }>().request;
  }
}

@RequirePermission('reports:read')
@Controller('contradiction')
class ContradictionController {
  @Public()
  @Get()
  read(): object {
    return {};
  }
}

@RequirePermission('reports:fly')
@Controller('unknown')
class UnknownPermissionController {
  @Get()
  read(): object {
    return {};
  }
}

class OwnGuard extends AuthGuard {}

@Module({})
class GuardedModule {}

let database: ScratchDatabase;
let app: INestApplication | undefined;
const options: AuthModuleOptions = {
  masterKeys: generateMasterKey(),
  keyPrefix: 'acme',
  environment: 'production',
  tiers: ['free', 'pro', 'team'],
  permissions: ['reports:read', 'reports:write'],
};

beforeAll(async () => {
  database = await createScratchDatabase();
});
afterAll(() => database.drop());
afterEach(async () => {
  await app?.close();
  app = undefined;
});

async function start(
  auth: ReturnType<typeof AuthModule.forRoot>,
  ...controllers: Type<unknown>[]
): Promise<string> {
  const module = await Test.createTestingModule({
    imports: [authDatabase(database.url), auth],
    controllers,
    providers: [SocketGuard],
  }).compile();
  app = module.createNestApplication({ logger: false });
  await app.listen(0, '127.0.0.1');
  return app.getUrl();
}

async function issue(tier: string, ...permissions: string[]): Promise<IssuedApiKey> {
  const host = app as INestApplication;
  const account = await host.get(AccountService).create({ name: 'Acme', tier });
  return host.get(ApiKeyService).issue({ accountId: account.id, name: 'Test', permissions });
}

const get = (url: string, credential?: string): Promise<Response> =>
  fetch(
    url,
    credential === undefined ? {} : { headers: { authorization: `Bearer ${credential}` } },
  );

describe('in an application of somebody else, on Express', () => {
  it('keys have the prefix and the environment of the application, and get in', async () => {
    const url = await start(AuthModule.forRoot(options), ReportsController);
    const { key, record } = await issue('pro', 'reports:*');
    expect(key).toMatch(/^acme_prod_[0-9A-Za-z]{16}_[0-9A-Za-z]{49}$/);
    const answer = await get(`${url}/reports`, key);
    expect([answer.status, await answer.json()]).toEqual([200, { keyId: record.id }]);
  });

  it('a JWT signed with the key gets in, its audience is the prefix', async () => {
    const url = await start(AuthModule.forRoot(options), ReportsController);
    const { key, record } = await issue('pro', 'reports:*');
    const token = (aud: string): string => mint(key, claims('user', { aud }), { kid: record.id });
    expect((await get(`${url}/reports`, token('acme'))).status).toBe(200);
    expect((await get(`${url}/reports`, token('clary'))).status).toBe(401);
  });

  it('refusals have body and challenge without any filter of the application', async () => {
    const url = await start(AuthModule.forRoot(options), ReportsController);
    const refused = await get(`${url}/reports`);
    expect([refused.status, await refused.text()]).toEqual([
      401,
      '{"error":{"code":"unauthorized","message":"Invalid API key"}}',
    ]);
    expect(refused.headers.get('www-authenticate')).toBe('Bearer realm="acme"');
    const { key } = await issue('free', 'reports:write');
    const forbidden = await get(`${url}/reports`, key);
    expect([forbidden.status, await forbidden.text()]).toEqual([
      403,
      '{"error":{"code":"forbidden","message":"Insufficient permissions"}}',
    ]);
    expect(forbidden.headers.get('www-authenticate')).toBe(
      'Bearer realm="acme", error="insufficient_scope", scope="reports:read", tier="pro"',
    );
  });

  it('can be configured later, by a factory', async () => {
    const url = await start(
      AuthModule.forRootAsync({ useFactory: () => options }),
      ReportsController,
    );
    const { key } = await issue('team', '*');
    expect((await get(`${url}/reports`, key)).status).toBe(200);
  });
});

describe('class and handler', () => {
  it('never loosen each other: the higher tier and all permissions count', async () => {
    const url = await start(AuthModule.forRoot(options), ReportsController);
    const [free, pro, team, reader] = [
      await issue('free', '*'),
      await issue('pro', '*'),
      await issue('team', '*'),
      await issue('team', 'reports:read'),
    ];
    const status = async (path: string, { key }: IssuedApiKey): Promise<number> =>
      (await get(`${url}/reports${path}`, key)).status;
    expect(await status('/stricter', free)).toBe(403);
    expect(await status('/stricter', pro)).toBe(200);
    expect(await status('/stricter', reader)).toBe(403);
    expect(await status('/highest', pro)).toBe(403);
    expect(await status('/highest', team)).toBe(200);
  });

  it('add up where decorators are stacked, and over a base class', async () => {
    const url = await start(AuthModule.forRoot(options), StackedController, DerivedController);
    const [both, reader, writer, pro] = [
      await issue('team', 'reports:*'),
      await issue('team', 'reports:read'),
      await issue('team', 'reports:write'),
      await issue('pro', 'reports:*'),
    ];
    const statuses = (path: string): Promise<number[]> =>
      Promise.all(
        [both, reader, writer, pro].map(
          async ({ key }) => (await get(`${url}/${path}`, key)).status,
        ),
      );
    expect(await statuses('stacked')).toEqual([200, 403, 403, 403]);
    expect(await statuses('derived')).toEqual([200, 403, 403, 200]);
  });

  it('open a route only where neither requires anything', async () => {
    const url = await start(AuthModule.forRoot(options), OpenController);
    expect(await (await get(`${url}/open`)).json()).toEqual({ principal: null });
    expect((await get(`${url}/open/closed`)).status).toBe(401);
  });

  it('that contradict each other stop the start', async () => {
    await expect(start(AuthModule.forRoot(options), ContradictionController)).rejects.toThrow(
      /^ContradictionController\.read is @Public and yet requires something/,
    );
  });

  it('that require an undeclared permission stop the start', async () => {
    await expect(start(AuthModule.forRoot(options), UnknownPermissionController)).rejects.toThrow(
      'UnknownPermissionController.read requires the undeclared permission "reports:fly"',
    );
  });
});

describe('a route that declares nothing', () => {
  it('wants any credential', async () => {
    const url = await start(AuthModule.forRoot(options), UndecoratedController);
    expect((await get(`${url}/undecorated`)).status).toBe(401);
    expect((await get(`${url}/undecorated`, (await issue('free')).key)).status).toBe(200);
  });

  it('stops the start where that is asked for', async () => {
    const strict = AuthModule.forRoot({ ...options, undecoratedRoutes: 'refuse-start' });
    await expect(start(strict, UndecoratedController)).rejects.toThrow(
      /UndecoratedController\.read/,
    );
  });

  it('is open when its controller is named as public', async () => {
    const url = await start(
      AuthModule.forRoot({
        ...options,
        publicRoutes: [UndecoratedController],
        undecoratedRoutes: 'refuse-start',
      }),
      UndecoratedController,
    );
    expect((await get(`${url}/undecorated`)).status).toBe(200);
  });

  it('is none of ours without the global guard', async () => {
    const url = await start(
      AuthModule.forRoot({ ...options, globalGuard: false, undecoratedRoutes: 'refuse-start' }),
      UndecoratedController,
    );
    expect((await get(`${url}/undecorated`)).status).toBe(200);
  });

  it('is judged all the same when the application puts the guard before every route itself', async () => {
    for (const useClass of [AuthGuard, OwnGuard]) {
      const strict = AuthModule.forRoot({
        ...options,
        globalGuard: false,
        undecoratedRoutes: 'refuse-start',
      });
      const guarded = {
        module: GuardedModule,
        imports: [strict],
        providers: [{ provide: APP_GUARD, useClass }],
      };
      await expect(start(guarded, UndecoratedController)).rejects.toThrow(
        /UndecoratedController\.read/,
      );
    }
  });
});

describe('the strategies under the stock guard of Nest', () => {
  it('let in keys and JWTs, and nobody else', async () => {
    const url = await start(AuthModule.forRoot(options), StockController);
    const { key, record } = await issue('free');
    expect(await (await get(`${url}/stock`, key)).json()).toEqual({ method: 'api_key' });
    const token = mint(key, claims('user'), { kid: record.id });
    expect(await (await get(`${url}/stock`, token)).json()).toEqual({ method: 'jwt' });
    expect((await get(`${url}/stock`)).status).toBe(401);
    expect((await get(`${url}/stock`, `${key}x`)).status).toBe(401);
    expect((await get(`${url}/stock`, token.replace(/.$/, '.'))).status).toBe(401);
    expect((await get(`${url}/stock?access_token=${key}`)).status).toBe(401);
  });

  it('answer 503 while the keys cannot be looked up', async () => {
    const url = await start(AuthModule.forRoot(options), StockController);
    const { key, record } = await issue('free');
    await database.query('ALTER TABLE auth_accounts RENAME TO away');
    expect((await get(`${url}/stock`, key)).status).toBe(503);
    expect((await get(`${url}/stock`, mint(key, claims('user'), { kid: record.id }))).status).toBe(
      503,
    );
    await database.query('ALTER TABLE away RENAME TO auth_accounts');
    await expect.poll(async () => (await get(`${url}/stock`, key)).status).toBe(200);
  });
});

describe('a refusal that its holder may be told', () => {
  const audited = (): Promise<object[]> =>
    database.query(`SELECT target ->> 'id' AS key, after FROM auth_audit_events
      WHERE action = 'authentication.refused'`);

  it('is one line of the audit log at shutdown, under our guard and under the stock one', async () => {
    const settings = { ...options, audit: true };
    const ours = await start(AuthModule.forRoot(settings), ReportsController);
    const { key, record } = await issue('pro', 'reports:read');
    await (app as INestApplication).get(ApiKeyService).revoke(record.id);
    expect((await get(`${ours}/reports`, key)).status).toBe(401);
    expect((await get(`${ours}/reports`, `${key}x`)).status).toBe(401);
    await (app as INestApplication).close();
    const stock = await start(AuthModule.forRoot(settings), StockController);
    expect((await get(`${stock}/stock`, key)).status).toBe(401);
    await (app as INestApplication).close();
    const line = { key: record.id, after: { reason: 'key_revoked', count: 1 } };
    expect(await audited()).toEqual([line, line]);
  });

  it('is none where nothing is audited', async () => {
    const before = await audited();
    const url = await start(AuthModule.forRoot(options), ReportsController);
    const { key, record } = await issue('pro', 'reports:read');
    await (app as INestApplication).get(ApiKeyService).revoke(record.id);
    expect((await get(`${url}/reports`, key)).status).toBe(401);
    await (app as INestApplication).close();
    expect(await audited()).toEqual(before);
  });
});

describe('a context that is not HTTP', () => {
  const socket = (authorization?: string) => ({
    request: { rawHeaders: authorization === undefined ? [] : ['Authorization', authorization] },
  });
  const enter = async (guard: AuthGuard, client: object): Promise<boolean> => {
    const list = Reflect.get(ReportsController.prototype, 'list') as () => object;
    const context = new ExecutionContextHost([client, {}], ReportsController, list);
    context.setType('ws');
    return guard.canActivate(context);
  };

  it('is refused, for it has no headers of its own', async () => {
    await start(AuthModule.forRoot(options), ReportsController);
    const guard = (app as INestApplication).get(AuthGuard);
    await expect(enter(guard, socket())).rejects.toThrow(UnauthorizedError);
  });

  it('is judged like any other once the guard is told where its request is', async () => {
    await start(AuthModule.forRoot(options), ReportsController);
    const guard = (app as INestApplication).get(SocketGuard);
    const { key } = await issue('pro', 'reports:read');
    const client = socket(`Bearer ${key}`);
    expect(await enter(guard, client)).toBe(true);
    expect(client.request).toHaveProperty('user.method', 'api_key');
    await expect(enter(guard, socket())).rejects.toThrow(UnauthorizedError);
    const reader = await issue('free', 'reports:read');
    await expect(enter(guard, socket(`Bearer ${reader.key}`))).rejects.toThrow(ForbiddenError);
  });
});
