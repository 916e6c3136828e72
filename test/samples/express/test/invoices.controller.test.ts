import { AuthTestingModule, signInAs, testPrincipal } from '@clary/nestjs-auth/testing';
import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { authOptions } from '../src/auth-options';
import { InvoicesController } from '../src/invoices/invoices.controller';

describe('invoices, by themselves and without a database', () => {
  let app: INestApplication;

  before(async () => {
    const module = await Test.createTestingModule({
      imports: [AuthTestingModule.forRoot({ ...authOptions, globalGuard: false })],
      controllers: [InvoicesController],
    }).compile();
    app = module.createNestApplication({ logger: false });
    await app.listen(0, '127.0.0.1');
  });
  after(() => app.close());

  const status = async (method: string, headers: Record<string, string> = {}): Promise<number> =>
    (await fetch(`${await app.getUrl()}/invoices`, { method, headers })).status;

  it('are listed for business customers who may read them', async () => {
    assert.equal(await status('GET'), 401);
    assert.equal(await status('GET', await signInAs(app, { tier: 'starter' })), 403);
    assert.equal(
      await status('GET', await signInAs(app, { permissions: ['invoices:write'] })),
      403,
    );
    assert.equal(await status('GET', await signInAs(app, { permissions: ['invoices:read'] })), 200);
  });

  it('are made by those who may read and write them', async () => {
    assert.equal(
      await status('POST', await signInAs(app, { permissions: ['invoices:read'] })),
      403,
    );
    assert.equal(await status('POST', await signInAs(app, { permissions: ['invoices:*'] })), 201);
  });

  it('name the user that a JWT was signed for', () => {
    const principal = testPrincipal({ tier: 'business', method: 'jwt', subject: 'user_7' });
    assert.deepEqual(app.get(InvoicesController).list(principal), {
      accountId: principal.accountId,
      subject: 'user_7',
    });
  });
});
