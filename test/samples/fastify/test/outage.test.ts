import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { CustomersService } from '../src/customers/customers.service.js';
import { get, signToken, start, UNAVAILABLE } from './support.js';

it('with the keys out of reach a good credential is answered 503, never 401', async () => {
  const { app, url } = await start();
  const issued = await app.get(CustomersService).welcome('Initech', 'pro');
  const database = app.get(DataSource);
  await database.query('ALTER TABLE auth_accounts RENAME TO away');
  try {
    for (const credential of [issued.key, signToken(issued)]) {
      const answer = await get(`${url}/reports`, credential);
      assert.equal(answer.status, 503);
      assert.ok(Number(answer.headers.get('retry-after')) > 0);
      assert.equal(await answer.text(), UNAVAILABLE);
    }
  } finally {
    await database.query('ALTER TABLE away RENAME TO auth_accounts');
  }
  for (const credential of [issued.key, signToken(issued)]) {
    assert.equal((await recovered(`${url}/reports`, credential)).status, 200);
  }
  await app.close();
});

/** The answer once it is another than 503: for a moment after an outage, nothing is asked. */
async function recovered(url: string, credential: string): Promise<Response> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await get(url, credential);
    if (answer.status !== 503 || attempt === 50) return answer;
    await setTimeout(100);
  }
}
