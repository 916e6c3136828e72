import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../support/api.js';
import { sendRaw } from '../support/raw-request.js';

const UNAUTHORIZED = '{"error":{"code":"unauthorized","message":"Invalid API key"}}';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const me = (credential?: string): Promise<Response> =>
  api.request('GET', '/v1/me', credential === undefined ? {} : { credential });

const sql = (text: string, ...values: unknown[]): Promise<object[]> =>
  api.database.query(text, values);

describe('a good API key', () => {
  it('gets in, and is told who it is', async () => {
    const { key, record } = await api.issueKey({ permissions: ['documents:*'], tier: 'standard' });
    const answer = await me(key);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('private');
    expect(await answer.json()).toEqual({
      account_id: record.accountId,
      key_id: record.id,
      method: 'api_key',
      subject: null,
      environment: 'development',
      tier: 'standard',
      permissions: ['documents:*'],
      expires_at: null,
    });
  });

  it.each(['Bearer', 'bearer', 'BEARER'])('gets in with the scheme written %s', async (scheme) => {
    const { key } = await api.issueKey();
    const answer = await fetch(`${api.url}/v1/me`, {
      headers: { authorization: `${scheme} ${key}` },
    });
    expect(answer.status).toBe(200);
  });

  it('has the tier of its account, if that is lower by now', async () => {
    const { key, record } = await api.issueKey({ tier: 'professional' });
    await sql(`UPDATE auth_accounts SET tier = 'lite' WHERE id = $1`, record.accountId);
    expect(await (await me(key)).json()).toMatchObject({ tier: 'lite' });
  });
});

describe('a key that is not what it was', () => {
  it.each([
    [
      'revoked',
      `UPDATE auth_api_keys SET revoked_at = now() WHERE id = $1`,
      'The API key has been revoked',
      'key_revoked',
    ],
    [
      'disabled',
      `UPDATE auth_api_keys SET disabled_at = now() WHERE id = $1`,
      'The API key is disabled',
      'key_disabled',
    ],
    [
      'expired',
      `UPDATE auth_api_keys SET expires_at = now() WHERE id = $1`,
      'The API key has expired',
      'key_expired',
    ],
    [
      'of another environment',
      `UPDATE auth_api_keys SET environment = 'production' WHERE id = $1`,
      'The API key belongs to another environment',
      'environment_mismatch',
    ],
    [
      'for JWTs only',
      `UPDATE auth_api_keys SET methods = '{jwt}' WHERE id = $1`,
      'The API key may not be used in this way',
      'method_not_allowed',
    ],
    [
      'of a suspended account',
      `UPDATE auth_accounts SET status = 'suspended' WHERE id = (SELECT account_id FROM auth_api_keys WHERE id = $1)`,
      'The account is suspended',
      'account_suspended',
    ],
  ])(
    'because it is %s is refused, and its holder learns why',
    async (_, change, description, reason) => {
      const { key, record } = await api.issueKey();
      await sql(change, record.id);
      const answer = await me(key);
      expect(answer.status).toBe(401);
      expect(await answer.text()).toBe(UNAUTHORIZED);
      expect(answer.headers.get('www-authenticate')).toBe(
        `Bearer realm="clary", error="invalid_token", error_description="${description}"`,
      );
      expect(api.linesOf(answer.headers.get('x-request-id'))).toContainEqual(
        expect.objectContaining({ reason, keyId: record.id }),
      );
    },
  );

  it('is refused without a reason to a stranger, who has the id but not the secret', async () => {
    const { key, record } = await api.issueKey();
    const { key: other } = await api.issueKey();
    await sql(`UPDATE auth_api_keys SET id = $1 WHERE id = $2`, 'key_0000000000000000', record.id);
    await sql(
      `UPDATE auth_api_keys SET id = $1, revoked_at = now() WHERE verifier =
      (SELECT verifier FROM auth_api_keys WHERE id LIKE $2)`,
      record.id,
      `key_${other.split('_')[2] ?? ''}`,
    );
    const answer = await me(key);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe(
      'Bearer realm="clary", error="invalid_token"',
    );
    expect(api.linesOf(answer.headers.get('x-request-id'))).toContainEqual(
      expect.objectContaining({ reason: 'wrong_secret' }),
    );
  });
});

describe('whoever has no good key', () => {
  it('is asked for one when none was sent', async () => {
    const answer = await me();
    expect(answer.status).toBe(401);
    expect(await answer.text()).toBe(UNAUTHORIZED);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="clary"');
  });

  it('is refused with a well-formed key that was never issued', async () => {
    const answer = await me(`clary_dev_${'a'.repeat(16)}_${'b'.repeat(43)}27ljJA`);
    expect([answer.status, await answer.text()]).toEqual([401, UNAUTHORIZED]);
  });

  it.each([
    [
      'two headers, both good',
      (key: string) => [`Authorization: Bearer ${key}`, `Authorization: Bearer ${key}`],
    ],
    [
      'a good second header',
      (key: string) => ['Authorization: Basic eA==', `Authorization: Bearer ${key}`],
    ],
    ['two blanks', (key: string) => [`Authorization: Bearer  ${key}`]],
    ['a tab', (key: string) => [`Authorization: Bearer\t${key}`]],
    ['text behind it', (key: string) => [`Authorization: Bearer ${key} x`]],
    ['another scheme', (key: string) => [`Authorization: Basic ${key}`]],
    ['no scheme', (key: string) => [`Authorization: ${key}`]],
    ['another header', (key: string) => [`X-Api-Key: ${key}`]],
    ['a cookie', (key: string) => [`Cookie: access_token=${key}`]],
  ])('is refused with %s', async (_, headers) => {
    const { key } = await api.issueKey();
    const lines = ['GET /v1/me HTTP/1.1', 'Host: x', ...headers(key), 'Connection: close', '', ''];
    const answer = await sendRaw(api.url, lines.join('\r\n'));
    expect([answer.status, answer.body]).toEqual([401, UNAUTHORIZED]);
  });

  it('is refused with a key in the query, also beside a header of another scheme', async () => {
    const { key } = await api.issueKey();
    const headers = { authorization: 'Basic eA==' };
    expect((await api.request('GET', `/v1/me?access_token=${key}`)).status).toBe(401);
    expect((await api.request('GET', `/v1/me?access_token=${key}`, { headers })).status).toBe(401);
  });
});
