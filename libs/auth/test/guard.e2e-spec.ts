import 'reflect-metadata';
import type { INestApplicationContext } from '@nestjs/common';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { Test } from '@nestjs/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AccountService } from '../src/accounts/account.service.js';
import { ApiKeyService } from '../src/api-keys/api-key.service.js';
import { UnauthorizedError } from '../src/auth.errors.js';
import { AuthGuard, type GuardedRequest } from '../src/auth.guard.js';
import { RequireAuthentication } from '../src/decorators/require-authentication.decorator.js';
import type { Principal } from '../src/principal.js';
import { AuthTestingModule } from '../src/testing/index.js';

class Routes {
  @RequireAuthentication()
  read(): void {
    // Who calls is all that is asked of this route.
  }
}

/** Answers by promises that are not the engine's own, as where zone.js has put another `Promise` in their place. */
class ForeignGuard extends AuthGuard {
  protected override authenticate(request: GuardedRequest): Promise<Principal> {
    const own = Promise.resolve(super.authenticate(request));
    return { then: own.then.bind(own) } as unknown as Promise<Principal>;
  }
}

/** Lets everybody through whom it does not know. */
class CredulousGuard extends AuthGuard {
  protected override authenticate(): Principal {
    return {} as Principal;
  }
}

const UNKNOWN = `clary_dev_${'a'.repeat(16)}_${'b'.repeat(43)}27ljJA`;

let module: INestApplicationContext;
let key: string;

beforeEach(async () => {
  const imports = [AuthTestingModule.forRoot({ globalGuard: false })];
  const providers = [ForeignGuard, CredulousGuard];
  const testing = await Test.createTestingModule({ imports, providers }).compile();
  module = await testing.init();
  const account = await module.get(AccountService).create({ name: 'Test', tier: 'lite' });
  ({ key } = await module
    .get(ApiKeyService)
    .issue({ accountId: account.id, name: 'Test', permissions: ['*'] }));
});
afterEach(() => module.close());

/** Whether a request comes through a guard. */
const enter = async (guard: typeof AuthGuard, credential: string): Promise<boolean> => {
  const request = { rawHeaders: ['Authorization', `Bearer ${credential}`] };
  const read = Reflect.get(Routes.prototype, 'read');
  const context = new ExecutionContextHost([request, {}], Routes, read);
  context.setType('ws');
  return module
    .get(guard)
    .canActivate(Object.assign(context, { switchToHttp: () => ({ getRequest: () => request }) }));
};

describe('the guard', () => {
  it('waits for whatever can be waited for, and takes no promise for somebody', async () => {
    await expect(enter(ForeignGuard, UNKNOWN)).rejects.toThrow(UnauthorizedError);
    await expect(enter(ForeignGuard, key)).resolves.toBe(true);
    await expect(enter(ForeignGuard, key)).resolves.toBe(true);
  });

  it('lets nobody in who has no key', async () => {
    await expect(enter(CredulousGuard, key)).rejects.toThrow('Nobody was recognised');
  });
});
