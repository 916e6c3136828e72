import type { IssuedApiKey } from '@clary/nestjs-auth';
import type { INestApplication } from '@nestjs/common';
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { CustomersService } from '../src/customers/customers.service';
import { FORBIDDEN, get, send, signToken, start, UNAUTHORIZED } from './support';

describe('a customer', () => {
  let app: INestApplication;
  let url: string;
  let customers: CustomersService;

  before(async () => {
    ({ app, url } = await start());
    customers = app.get(CustomersService);
  });
  after(() => app.close());

  it('gets in with its API key, and with a JWT signed by it', async () => {
    const issued = await customers.welcome('Initech', 'business');
    const { accountId } = issued.record;
    assert.match(issued.key, /^globex_dev_/);
    const byKey = await get(`${url}/invoices`, issued.key);
    assert.deepEqual([byKey.status, await byKey.json()], [200, { accountId, subject: null }]);
    const byToken = await get(`${url}/invoices`, signToken(issued));
    assert.deepEqual(
      [byToken.status, await byToken.json()],
      [200, { accountId, subject: 'user_7' }],
    );
  });

  it('is unknown without a credential, and with a wrong one', async () => {
    const issued = await customers.welcome('Initech', 'business');
    const other = await customers.welcome('Umbrella', 'business');
    const wrong = 'Bearer realm="globex", error="invalid_token"';
    for (const [credential, challenge] of [
      [undefined, 'Bearer realm="globex"'],
      [`${issued.key}x`, wrong],
      [signToken({ ...issued, key: other.key }), wrong],
    ] as const) {
      const answer = await get(`${url}/invoices`, credential);
      assert.equal(answer.status, 401);
      assert.equal(await answer.text(), UNAUTHORIZED);
      assert.equal(answer.headers.get('www-authenticate'), challenge);
    }
  });

  it('learns from the challenge what it lacks', async () => {
    const { key } = await customers.welcome('Initech', 'starter', ['invoices:write']);
    const answer = await get(`${url}/invoices`, key);
    assert.equal(answer.status, 403);
    assert.equal(await answer.text(), FORBIDDEN);
    assert.equal(
      answer.headers.get('www-authenticate'),
      'Bearer realm="globex", error="insufficient_scope", scope="invoices:read", tier="business"',
    );
  });

  it('meets class and handler together: neither loosens the other', async () => {
    const callers = await Promise.all([
      customers.welcome('Starter', 'starter'),
      customers.welcome('Reader', 'business', ['invoices:read']),
      customers.welcome('Business', 'business'),
    ]);
    const statuses = (method: string, path: string): Promise<number[]> => {
      const ask = async ({ key }: IssuedApiKey): Promise<number> =>
        (await send(method, `${url}${path}`, key)).status;
      return Promise.all(callers.map(ask));
    };
    assert.deepEqual(await statuses('GET', '/invoices'), [403, 200, 200]);
    assert.deepEqual(await statuses('GET', '/invoices/preview'), [403, 200, 200]);
    assert.deepEqual(await statuses('POST', '/invoices'), [403, 403, 201]);
  });

  it('meets no guard where none was put', async () => {
    assert.equal((await get(`${url}/status`)).status, 200);
  });
});
