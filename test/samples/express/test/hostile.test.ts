import type { IssuedApiKey } from '@clary/nestjs-auth';
import type { INestApplication } from '@nestjs/common';
import jwt from 'jsonwebtoken';
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { CustomersService } from '../src/customers/customers.service';
import { get, signToken, start } from './support';

describe('somebody who tries', () => {
  let app: INestApplication;
  let url: string;
  let issued: IssuedApiKey;

  before(async () => {
    const running = await start();
    app = running.app;
    url = `${running.url}/invoices`;
    issued = await app.get(CustomersService).welcome('Initech', 'business');
  });
  after(() => app.close());

  const status = async (credential: string): Promise<number> => (await get(url, credential)).status;

  it('is refused with two headers, in either order', async () => {
    const [good, bad] = [`Bearer ${issued.key}`, 'Bearer nobody'];
    assert.equal(await statusWith(url, [good]), 200);
    assert.equal(await statusWith(url, [good, bad]), 401);
    assert.equal(await statusWith(url, [bad, good]), 401);
    assert.equal(await statusWith(url, [good, good]), 401);
  });

  it('is refused with any algorithm but HS256, and with none', async () => {
    const { key, record } = issued;
    const claims = { keyid: record.id, subject: 'user_7', expiresIn: 60 };
    assert.equal(await status(jwt.sign({}, key, { ...claims, algorithm: 'HS256' })), 200);
    assert.equal(await status(jwt.sign({}, key, { ...claims, algorithm: 'HS384' })), 401);
    assert.equal(await status(jwt.sign({}, key, { ...claims, algorithm: 'HS512' })), 401);
    assert.equal(await status(jwt.sign({}, null, { ...claims, algorithm: 'none' })), 401);
  });

  it('is refused with the credential in the query', async () => {
    for (const credential of [issued.key, signToken(issued)]) {
      assert.equal((await get(`${url}?access_token=${credential}`)).status, 401);
    }
  });

  it('is refused with the credential under another scheme', async () => {
    assert.equal(await statusWith(url, [`Basic ${issued.key}`]), 401);
    assert.equal(await statusWith(url, [issued.key]), 401);
  });
});

/** Sends header lines as they are: `fetch` would join them. */
function statusWith(url: string, authorization: string[]): Promise<number | undefined> {
  const lines = authorization.flatMap((value) => ['Authorization', value]);
  const headers = ['Host', new URL(url).host, ...lines];
  return new Promise((resolve, reject) => {
    request(url, { headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    })
      .on('error', reject)
      .end();
  });
}
