import './environment';
import { AuthGuard, AuthModule, Public, RequirePermission } from '@clary/nestjs-auth';
import { Controller, Get, Module, type INestApplication } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { authOptions } from '../src/auth-options';
import { CustomersService } from '../src/customers/customers.service';
import { database } from '../src/database';
import { required } from '../src/environment';
import { get, start } from './support';

@Controller('ledger')
class LedgerController {
  @RequirePermission('invoices:read')
  @Get()
  read(): object {
    return {};
  }

  @Get('undecorated')
  undecorated(): object {
    return {};
  }

  @Public()
  @Get('open')
  open(): object {
    return {};
  }
}

@Module({
  imports: [
    database,
    AuthModule.forRoot({
      ...authOptions,
      masterKeys: required('MASTER_KEYS'),
      globalGuard: false,
    }),
  ],
  controllers: [LedgerController],
  // As any guard of Nest is put before every route, and in the order that the application wants among its others.
  providers: [CustomersService, { provide: APP_GUARD, useClass: AuthGuard }],
})
class LedgerModule {}

describe('the guard, put before every route by the application itself', () => {
  let app: INestApplication;
  let url: string;

  before(async () => {
    ({ app, url } = await start(LedgerModule));
  });
  after(() => app.close());

  it('judges every route but the public ones', async () => {
    const customers = app.get(CustomersService);
    const { key: reader } = await customers.welcome('Reader', 'starter');
    const { key: nothing } = await customers.welcome('Nothing', 'starter', []);
    const statuses = (path: string): Promise<number[]> =>
      Promise.all(
        [undefined, nothing, reader].map(
          async (key) => (await get(`${url}/ledger${path}`, key)).status,
        ),
      );
    assert.deepEqual(await statuses(''), [401, 403, 200]);
    assert.deepEqual(await statuses('/undecorated'), [401, 200, 200]);
    assert.deepEqual(await statuses('/open'), [200, 200, 200]);
  });
});
