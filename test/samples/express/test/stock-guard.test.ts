import type { IssuedApiKey } from '@clary/nestjs-auth';
import type { INestApplication } from '@nestjs/common';
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { CustomersService } from '../src/customers/customers.service';
import { get, signToken, start } from './support';

describe("the stock guard of Nest, over the package's strategies", () => {
  let app: INestApplication;
  let url: string;
  let issued: IssuedApiKey;

  before(async () => {
    const running = await start();
    app = running.app;
    url = `${running.url}/caller`;
    issued = await app.get(CustomersService).welcome('Initech', 'starter', []);
  });
  after(() => app.close());

  it('lets in an API key, and a JWT signed by it', async () => {
    const { accountId } = issued.record;
    const byKey = await get(url, issued.key);
    assert.deepEqual(await byKey.json(), { accountId, method: 'api_key' });
    const byToken = await get(url, signToken(issued));
    assert.deepEqual(await byToken.json(), { accountId, method: 'jwt' });
  });

  it("refuses everything else, in Nest's own words", async () => {
    for (const credential of [undefined, `${issued.key}x`, `${signToken(issued)}x`]) {
      const answer = await get(url, credential);
      assert.equal(answer.status, 401);
      assert.deepEqual(await answer.json(), { message: 'Unauthorized', statusCode: 401 });
    }
    assert.equal((await get(`${url}?access_token=${issued.key}`)).status, 401);
  });
});
