import { generateMasterKey } from '@clary/nestjs-auth';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../support/api.js';
import { call } from '../support/json-client.js';
import { claims, mint } from '../support/tokens.js';

const NAMES = ['development', 'staging', 'production'] as const;
type Environment = (typeof NAMES)[number];

const PREFIXES = { development: 'clary_dev_', staging: 'clary_stg_', production: 'clary_prod_' };
const CLARY_MASTER_KEYS = generateMasterKey();

/** Three environments on one database. */
const apis = {} as Record<Environment, TestApi>;
beforeAll(async () => {
  apis.development = await start('development');
  apis.staging = await start('staging');
  apis.production = await start('production');
});
afterAll(async () => {
  await apis.production.stop();
  await apis.staging.stop();
  await apis.development.stop();
});

function start(environment: Environment): Promise<TestApi> {
  const { development } = apis as Partial<typeof apis>;
  return startTestApi({
    variables: { CLARY_ENVIRONMENT: environment, CLARY_MASTER_KEYS },
    ...(development && { database: development.database }),
  });
}

const idOf = (key: string): string => `key_${String(key.split('_')[2])}`;
const tokenOf = (key: string): string => mint(key, claims('user'), { kid: idOf(key) });
const enter = (environment: Environment, credential: string): Promise<Response> =>
  apis[environment].request('GET', '/v1/me', { credential });

const PAIRS = NAMES.flatMap((from) =>
  NAMES.filter((to) => to !== from).map((to) => [from, to] as const),
);

describe('environments on one database', () => {
  it.each(NAMES)('have a first key each: %s', async (environment) => {
    const { adminKey } = apis[environment];
    expect(adminKey.startsWith(PREFIXES[environment])).toBe(true);
    const { body } = await call(apis[environment], adminKey, 'GET', '/v1/me');
    expect(body).toMatchObject({ environment, permissions: ['*', 'admin'] });
  });

  it('share one account for their first keys, and make none at the next start', async () => {
    const again = await start('staging');
    const { adminKey } = apis.development;
    const query = 'account_id=all&limit=100';
    const { body } = await call(apis.development, adminKey, 'GET', `/v1/api-keys?${query}`);
    const first = body.data.filter(({ source }) => source === 'bootstrap');
    await again.stop();
    expect(again.adminKey).toBe('');
    expect(first.map(({ environment }) => environment).sort()).toEqual([...NAMES].sort());
    expect(new Set(first.map(({ account_id }) => account_id)).size).toBe(1);
  });

  it.each(PAIRS)('take no keys of each other: %s in %s', async (from, to) => {
    const { key } = await apis[from].issueKey();
    for (const credential of [key, tokenOf(key)]) {
      expect((await enter(from, credential)).status).toBe(200);
      const refused = await enter(to, credential);
      expect(refused.status).toBe(401);
      expect(refused.headers.get('www-authenticate')).toBe(
        'Bearer realm="clary", error="invalid_token", error_description="The API key belongs to another environment"',
      );
    }
  });

  it('say so to nobody who only knows of such a key', async () => {
    const { key } = await apis.staging.issueKey();
    const other = await apis.staging.issueKey();
    const forged = mint(other.key, claims('user'), { kid: idOf(key) });
    const refused = await enter('production', forged);
    expect(refused.headers.get('www-authenticate')).toBe(
      'Bearer realm="clary", error="invalid_token"',
    );
  });

  it('look for the signer of a JWT among their own keys alone', async () => {
    const { key, record } = await apis.staging.issueKey();
    const { accountId } = record;
    const twin = await apis.production.issueKey({ accountId });
    const token = (signer: string): string => mint(signer, claims(accountId));
    expect((await enter('staging', token(key))).status).toBe(200);
    expect((await enter('production', token(twin.key))).status).toBe(200);
    const refused = await enter('production', token(key));
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).not.toContain('description');
  });

  it('get keys from each other by an admin, and by nobody else', async () => {
    const { development: api } = apis;
    const json = { name: 'Deployer', permissions: [], environment: 'production' };
    const made = await call(api, api.adminKey, 'POST', '/v1/api-keys', { json });
    const { key = '', id } = made.body;
    expect(key.startsWith(PREFIXES.production)).toBe(true);
    expect((await enter('production', key)).status).toBe(200);
    expect((await enter('development', key)).status).toBe(401);

    const path = `/v1/api-keys/${id}/rotate`;
    const grace = { json: { grace_period_seconds: 0 } };
    const rotated = await call(api, api.adminKey, 'POST', path, grace);
    expect(rotated.body['environment']).toBe('production');
    expect((await enter('production', rotated.body.key ?? '')).status).toBe(200);

    const issuer = await api.issueKey();
    expect((await call(api, issuer.key, 'POST', '/v1/api-keys', { json })).status).toBe(403);
  });

  it('list keys of all of them, and let nobody but an admin change those of another', async () => {
    const { key, record } = await apis.development.issueKey();
    const { accountId } = record;
    const { record: foreign } = await apis.staging.issueKey({ accountId });
    const { development: api } = apis;
    const { body } = await call(api, key, 'GET', '/v1/api-keys?environment=staging');
    expect(body.data.map(({ id }) => id)).toEqual([foreign.id]);
    const path = `/v1/api-keys/${foreign.id}`;
    expect((await call(api, key, 'GET', path)).status).toBe(200);
    const change = { json: { name: 'x' } };
    expect((await call(api, key, 'PATCH', path, change)).status).toBe(403);
    expect((await call(api, key, 'DELETE', path)).status).toBe(403);
    expect((await call(api, api.adminKey, 'PATCH', path, change)).status).toBe(200);
  });
});
