import type { IssuedApiKey } from '@clary/nestjs-auth';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import jwt from 'jsonwebtoken';
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { CustomersService } from '../src/customers/customers.service.js';
import { SessionsService } from '../src/sessions/sessions.service.js';
import { get, signToken, start, UNAUTHORIZED } from './support.js';

describe('sessions of our own, by a strategy named "jwt"', () => {
  let app: NestFastifyApplication;
  let url: string;
  let session: string;
  let issued: IssuedApiKey;

  before(async () => {
    ({ app, url } = await start());
    session = app.get(SessionsService).open('ada');
    issued = await app.get(CustomersService).welcome('Initech', 'pro');
  });
  after(() => app.close());

  it('open the routes that are theirs', async () => {
    const answer = await get(`${url}/session`, session);
    assert.equal(answer.status, 200);
    assert.deepEqual(await answer.json(), { name: 'ada' });
  });

  it('open no route of customers', async () => {
    const answer = await get(`${url}/reports`, session);
    assert.equal(answer.status, 401);
    assert.equal(await answer.text(), UNAUTHORIZED);
  });

  it('are not opened by what customers hold', async () => {
    for (const credential of [undefined, issued.key, signToken(issued)]) {
      assert.equal((await get(`${url}/session`, credential)).status, 401);
    }
  });

  it('leave the package its strategies: both secrets are good in turn, each for its own', async () => {
    for (let turn = 0; turn < 2; turn += 1) {
      assert.equal((await get(`${url}/session`, session)).status, 200);
      assert.equal((await get(`${url}/reports`, signToken(issued))).status, 200);
    }
    const { secret } = app.get(SessionsService);
    const borrowed = jwt.sign({}, secret, {
      keyid: issued.record.id,
      subject: 'user_7',
      expiresIn: 60,
    });
    assert.equal((await get(`${url}/reports`, borrowed)).status, 401);
  });
});
