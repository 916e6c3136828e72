import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { CustomersService } from '../src/customers/customers.service';
import { get, signToken, start, UNAVAILABLE } from './support';

it('with the keys out of reach a good credential is answered 503 by either guard, never 401', async () => {
  const { app, url } = await start();
  const issued = await app.get(CustomersService).welcome('Initech', 'business');
  const credentials = [issued.key, signToken(issued)];
  const database = app.get(DataSource);
  await database.query('ALTER TABLE auth_accounts RENAME TO away');
  try {
    for (const credential of credentials) {
      const answer = await get(`${url}/invoices`, credential);
      assert.deepEqual([answer.status, await answer.text()], [503, UNAVAILABLE]);
      assert.ok(Number(answer.headers.get('retry-after')) > 0);
      const byStockGuard = await get(`${url}/caller`, credential);
      assert.deepEqual([byStockGuard.status, await byStockGuard.text()], [503, UNAVAILABLE]);
    }
  } finally {
    await database.query('ALTER TABLE away RENAME TO auth_accounts');
  }
  for (const credential of credentials) {
    assert.equal((await recovered(`${url}/invoices`, credential)).status, 200);
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
