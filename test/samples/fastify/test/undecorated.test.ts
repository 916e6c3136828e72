import { AuthModule, type AuthModuleOptions } from '@clary/nestjs-auth';
import { Controller, Get, Post, type LoggerService } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { TerminusModule } from '@nestjs/terminus';
import { Test } from '@nestjs/testing';
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { authOptions } from '../src/auth-options.js';
import { CustomersService } from '../src/customers/customers.service.js';
import { database } from '../src/database.js';
import { HealthController } from '../src/health/health.controller.js';
import { get } from './support.js';

/** Its author forgot to say who may call. */
@Controller('drafts')
class DraftsController {
  @Get()
  list(): object {
    return {};
  }

  @Post()
  create(): object {
    return {};
  }
}

let app: NestFastifyApplication;
let warnings: unknown[];

afterEach(() => app.close());

async function startWith(
  undecoratedRoutes: AuthModuleOptions['undecoratedRoutes'],
): Promise<string> {
  warnings = [];
  const module = await Test.createTestingModule({
    imports: [
      database,
      AuthModule.forRootAsync({ useFactory: () => ({ ...authOptions(), undecoratedRoutes }) }),
      TerminusModule,
    ],
    controllers: [DraftsController, HealthController],
    providers: [CustomersService],
  }).compile();
  const ignore = (): void => undefined;
  const logger: LoggerService = {
    log: ignore,
    error: ignore,
    warn: (message) => warnings.push(message),
  };
  app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger });
  await app.listen(0, '127.0.0.1');
  return app.getUrl();
}

describe('a route that says nothing of who may call', () => {
  it('wants a credential, and is named in one warning at the start', async () => {
    const url = await startWith('authenticated');
    assert.deepEqual(warnings, [
      'These routes say nothing of who may call them, so any valid credential may: DraftsController.list, DraftsController.create',
    ]);
    assert.equal((await get(`${url}/drafts`)).status, 401);
    const { key } = await app.get(CustomersService).welcome('Initech', 'free', []);
    assert.equal((await get(`${url}/drafts`, key)).status, 200);
  });

  it('stops the start by its name where that is asked for', async () => {
    await assert.rejects(
      startWith('refuse-start'),
      /DraftsController\.list, DraftsController\.create/,
    );
  });
});
