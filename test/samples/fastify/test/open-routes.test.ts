import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { get, start } from './support.js';

describe('without a credential', () => {
  let app: NestFastifyApplication;
  let url: string;

  before(async () => {
    ({ app, url } = await start());
  });
  after(() => app.close());

  it('health can be asked: publicRoutes names its controller, which says nothing itself', async () => {
    assert.equal((await get(`${url}/health`)).status, 200);
  });

  it("Swagger's pages can be read: they are no controllers, and no guard of Nest stands before them", async () => {
    assert.equal((await get(`${url}/docs`)).status, 200);
    const description = await get(`${url}/docs-json`);
    assert.equal(description.status, 200);
    assert.match(await description.text(), /"\/reports\/forecast"/);
  });
});
