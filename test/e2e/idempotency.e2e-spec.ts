import { generateMasterKey, type IssuedApiKey } from '@clary/nestjs-auth';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../support/api.js';
import { holdLock } from '../support/held-lock.js';
import { call, withoutKey, type JsonAnswer } from '../support/json-client.js';
import { sendRaw } from '../support/raw-request.js';

let api: TestApi;
let replica: TestApi;
let maker: IssuedApiKey;
beforeAll(async () => {
  const variables = { CLARY_MASTER_KEYS: generateMasterKey() };
  api = await startTestApi({ variables });
  replica = await startTestApi({ variables, database: api.database });
});
afterAll(async () => {
  await replica.stop();
  await api.stop();
});
beforeEach(async () => {
  maker = await api.issueKey();
});

const BODY = { name: 'Importer', permissions: ['documents:read'] };

interface Sending {
  readonly json?: unknown;
  readonly to?: TestApi;
  readonly by?: string;
  readonly path?: string;
}

const send = (
  idempotencyKey: string,
  { json = BODY, to = api, by = maker.key, path = '/v1/api-keys' }: Sending = {},
): Promise<JsonAnswer> =>
  call(to, by, 'POST', path, { json, headers: { 'idempotency-key': idempotencyKey } });

const keysOf = async ({ record }: IssuedApiKey): Promise<number> => {
  const [row] = await api.database.query<{ count: string }>(
    `SELECT count(*) FROM auth_api_keys WHERE account_id = '${record.accountId}'`,
  );
  return Number(row?.count) - 1;
};

describe('a request that is sent again under its Idempotency-Key', () => {
  it('is answered with the same status, location and body, byte for byte but for the key', async () => {
    const headers = { 'idempotency-key': 'once' };
    const request = { credential: maker.key, json: BODY, headers };
    const first = await api.request('POST', '/v1/api-keys', request);
    const text = await first.text();
    const { key } = JSON.parse(text) as { key: string };
    api.knowKey(key);
    for (const to of [api, replica]) {
      const again = await to.request('POST', '/v1/api-keys', request);
      expect(again.status).toBe(201);
      expect(await again.text()).toBe(text.replace(`,"key":"${key}"`, ''));
      expect(again.headers.get('idempotency-replayed')).toBe('true');
      for (const name of ['location', 'cache-control', 'content-type'])
        expect(again.headers.get(name)).toBe(first.headers.get(name));
    }
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    expect(await keysOf(maker)).toBe(1);
  });

  it('is answered as at the time, whatever became of the key since', async () => {
    const { body: made } = await send('once');
    await call(api, maker.key, 'DELETE', `/v1/api-keys/${made.id}`);
    expect((await send('once')).body).toEqual(withoutKey(made));
  });

  it('asks for the same thing, whatever the order of members, or is refused', async () => {
    await send('once');
    const other = await send('once', { json: { ...BODY, name: 'Other' } });
    expect([other.status, other.body.error?.code]).toEqual([422, 'unprocessable']);
    const { name, permissions } = BODY;
    expect((await send('once', { json: { permissions, name } })).status).toBe(201);
    expect(await keysOf(maker)).toBe(1);
  });

  it('is refused while the first one is under way, on every replica', async () => {
    const { accountId } = maker.record;
    const held = await holdLock(
      api.database.url,
      `SELECT 1 FROM auth_accounts WHERE id = '${accountId}' FOR UPDATE`,
    );
    const first = send('once');
    await held.waitedFor();
    const meanwhile = await Promise.all([send('once'), send('once', { to: replica })]);
    expect(meanwhile.map(({ status, body }) => [status, body.error?.code])).toEqual([
      [409, 'conflict'],
      [409, 'conflict'],
    ]);
    await held.release();
    expect((await first).status).toBe(201);
    expect((await send('once', { to: replica })).headers.get('idempotency-replayed')).toBe('true');
    expect(await keysOf(maker)).toBe(1);
  });

  it('makes one key, however many are sent at once to two replicas', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => send('once', { to: n % 2 === 0 ? api : replica })),
    );
    const statuses = new Set(answers.map(({ status }) => status));
    expect([...statuses].every((status) => status === 201 || status === 409)).toBe(true);
    expect(answers.filter(({ body }) => body.key !== undefined)).toHaveLength(1);
    expect(await keysOf(maker)).toBe(1);
  });

  it('is another one for another calling key, even of the same account', async () => {
    const { accountId } = maker.record;
    const sibling = await api.issueKey({ accountId });
    const stranger = await api.issueKey();
    const answers = [await send('once')];
    answers.push(await send('once', { by: sibling.key }));
    answers.push(await send('once', { by: stranger.key, json: { ...BODY, name: 'Other' } }));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(3);
    expect(answers.every(({ body }) => body.key !== undefined)).toBe(true);
  });

  it('is another one on another route', async () => {
    const one = (await send('once')).body.id;
    const two = (await send('twice')).body.id;
    const json = { grace_period_seconds: 60 };
    const rotated = await Promise.all(
      [one, two].map((id) => send('once', { json, path: `/v1/api-keys/${id}/rotate` })),
    );
    expect(rotated.map(({ status, body }) => [status, body['rotated_from']])).toEqual([
      [201, one],
      [201, two],
    ]);
  });

  it('rotates once', async () => {
    const { id } = (await send('make')).body;
    const path = `/v1/api-keys/${id}/rotate`;
    const json = { grace_period_seconds: 60 };
    const { body: rotated } = await send('once', { json, path });
    const again = await send('once', { json, path, to: replica });
    expect([again.status, again.body]).toEqual([201, withoutKey(rotated)]);
    const longer = { grace_period_seconds: 61 };
    expect((await send('once', { json: longer, path })).status).toBe(422);
    expect((await send('another', { json, path })).status).toBe(409);
  });

  it.each([
    [400, { ...BODY, name: '' }],
    [422, { ...BODY, permissions: ['documents:fly'] }],
    [403, { ...BODY, permissions: ['admin'] }],
    [404, { ...BODY, account_id: 'acct_0000000000000000' }],
  ])('is tried anew if the first one failed with %d', async (status, json) => {
    expect((await send('once', { json })).status).toBe(status);
    expect((await send('once', { json })).status).toBe(status);
    const other = await send('once');
    expect([other.status, other.headers.get('idempotency-replayed')]).toEqual([201, null]);
  });

  it('does not wait for what another replica is forgetting', async () => {
    await send('old');
    await api.database.query(
      `UPDATE idempotent_requests SET created_at = created_at - interval '25 hours'`,
    );
    const held = await holdLock(api.database.url, 'SELECT 1 FROM idempotent_requests FOR UPDATE');
    expect((await send('new')).status).toBe(201);
    await held.release();
    expect((await send('newer')).status).toBe(201);
    const rows = await api.database.query('SELECT 1 FROM idempotent_requests');
    expect(rows).toHaveLength(2);
  });

  it('is forgotten after 24 hours, and not before', async () => {
    const age = (interval: string): Promise<unknown> =>
      api.database.query(
        `UPDATE idempotent_requests SET created_at = created_at - interval '${interval}'
         WHERE key_id = '${maker.record.id}'`,
      );
    const first = await send('once');
    await age('23 hours 59 minutes');
    expect((await send('once')).headers.get('idempotency-replayed')).toBe('true');
    await age('1 minute');
    const anew = await send('once', { json: { ...BODY, name: 'Other' } });
    expect(anew.status).toBe(201);
    expect(anew.body.id).not.toBe(first.body.id);
  });

  it('has nothing stored from which its key could be told', async () => {
    await send('once');
    const [row] = await api.database.query<{ answer: object }>(
      `SELECT answer FROM idempotent_requests WHERE key_id = '${maker.record.id}'`,
    );
    expect(Object.keys(row?.answer ?? {})).not.toContain('key');
  });
});

describe('an Idempotency-Key', () => {
  it.each([' a b ~!', 'x'.repeat(255), '"8e03978e-40d5-43dd-bc93-6894a57f9324"'])(
    'may be %j',
    async (value) => {
      await send(value);
      expect((await send(value)).headers.get('idempotency-replayed')).toBe('true');
    },
  );

  it.each(['', 'x'.repeat(256), 'ä', 'a\tb'])('may not be %j', async (value) => {
    const answer = await send(value);
    expect([answer.status, answer.body.error?.details?.[0]?.field]).toEqual([
      400,
      'Idempotency-Key',
    ]);
    expect(await keysOf(maker)).toBe(0);
  });

  it('may not be beyond ASCII, however it is written', async () => {
    const body = JSON.stringify(BODY);
    const { status } = await sendRaw(
      api.url,
      `POST /v1/api-keys HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer ${maker.key}\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${body.length}\r\nIdempotency-Key: €\r\n\r\n${body}`,
    );
    expect(status).toBe(400);
  });
});
