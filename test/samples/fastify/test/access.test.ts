import type { IssuedApiKey } from '@clary/nestjs-auth';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { CustomersService } from '../src/customers/customers.service.js';
import { FORBIDDEN, get, send, signToken, start, UNAUTHORIZED } from './support.js';

describe('a customer', () => {
  let app: NestFastifyApplication;
  let url: string;
  let customers: CustomersService;

  before(async () => {
    ({ app, url } = await start());
    customers = app.get(CustomersService);
  });
  after(() => app.close());

  it('gets in with its API key', async () => {
    const { key, record } = await customers.welcome('Initech', 'pro');
    assert.match(key, /^acme_prod_/);
    const answer = await get(`${url}/reports`, key);
    assert.equal(answer.status, 200);
    assert.deepEqual(await answer.json(), { accountId: record.accountId, subject: null });
  });

  it('gets in with a JWT signed by its API key, as one of its own users', async () => {
    const issued = await customers.welcome('Initech', 'pro');
    const answer = await get(`${url}/reports`, signToken(issued));
    assert.equal(answer.status, 200);
    assert.deepEqual(await answer.json(), {
      accountId: issued.record.accountId,
      subject: 'user_7',
    });
  });

  it('is unknown without a credential, and with a wrong one', async () => {
    const issued = await customers.welcome('Initech', 'pro');
    const nobody = await get(`${url}/reports`);
    assert.equal(nobody.status, 401);
    assert.equal(await nobody.text(), UNAUTHORIZED);
    assert.equal(nobody.headers.get('www-authenticate'), 'Bearer realm="acme"');

    const other = await customers.welcome('Umbrella', 'pro');
    const forged = signToken({ ...issued, key: other.key });
    for (const credential of [`${issued.key}x`, forged]) {
      const stranger = await get(`${url}/reports`, credential);
      assert.equal(stranger.status, 401);
      assert.equal(await stranger.text(), UNAUTHORIZED);
      assert.equal(
        stranger.headers.get('www-authenticate'),
        'Bearer realm="acme", error="invalid_token"',
      );
    }
  });

  it('learns from the challenge what it lacks', async () => {
    const { key } = await customers.welcome('Initech', 'free', ['reports:write']);
    const answer = await get(`${url}/reports`, key);
    assert.equal(answer.status, 403);
    assert.equal(await answer.text(), FORBIDDEN);
    assert.equal(
      answer.headers.get('www-authenticate'),
      'Bearer realm="acme", error="insufficient_scope", scope="reports:read", tier="pro"',
    );
  });

  it('meets class and handler together: neither loosens the other', async () => {
    const [free, reader, pro, team] = await Promise.all([
      customers.welcome('Free', 'free'),
      customers.welcome('Reader', 'pro', ['reports:read']),
      customers.welcome('Pro', 'pro'),
      customers.welcome('Team', 'team'),
    ]);
    const statuses = (method: string, path: string): Promise<number[]> => {
      const ask = async ({ key }: IssuedApiKey): Promise<number> =>
        (await send(method, `${url}${path}`, key)).status;
      return Promise.all([free, reader, pro, team].map(ask));
    };
    assert.deepEqual(await statuses('GET', '/reports'), [403, 200, 200, 200]);
    assert.deepEqual(await statuses('GET', '/reports/preview'), [403, 200, 200, 200]);
    assert.deepEqual(await statuses('GET', '/reports/forecast'), [403, 403, 403, 200]);
    assert.deepEqual(await statuses('POST', '/reports'), [403, 403, 201, 201]);
  });

  it('can lower its own rights in a JWT, and never raise them', async () => {
    const issued = await customers.welcome('Initech', 'pro');
    const status = async (path: string, claims: object): Promise<number> =>
      (await get(`${url}${path}`, signToken(issued, claims))).status;
    assert.equal(await status('/reports', { scope: 'reports:read' }), 200);
    assert.equal(await status('/reports', { scope: '' }), 403);
    assert.equal(await status('/reports', { tier: 'free' }), 403);
    assert.equal(await status('/reports/forecast', { tier: 'team' }), 403);
  });
});
