import { AccountService, type IssuedApiKey, type IssueApiKey } from '@clary/nestjs-auth';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi } from '../support/api.js';
import { Replicas } from '../support/replicas.js';
import { send, type Answer, type ShownKey } from '../support/json-client.js';

let replicas: Replicas;
beforeAll(async () => {
  replicas = await Replicas.start();
});
afterAll(() => replicas.stop());

type Tier = 'lite' | 'standard' | 'professional';

const LATER = '2099-01-01T00:00:00.000Z';

/** An account with so many keys, of which the first calls. */
async function makeKeys(tier: Tier, ...more: Partial<IssueApiKey>[]): Promise<IssuedApiKey[]> {
  const maker = await replicas.first.issueKey({ tier });
  const { accountId } = maker.record;
  const keys = [maker];
  for (const request of more)
    keys.push(await replicas.first.issueKey({ accountId, tier, ...request }));
  keys.forEach(({ key }) => replicas.knowKey(key));
  return keys;
}

const times = (count: number): Partial<IssueApiKey>[] => Array.from({ length: count }, () => ({}));

async function request(
  credential: string,
  method: string,
  path: string,
  json?: object,
  replica = 0,
): Promise<Answer<ShownKey>> {
  const answer = await send(replicas.all[replica % 2 === 0 ? 0 : 1], method, path, {
    credential,
    ...(json !== undefined && { json }),
  });
  if (answer.body.key !== undefined) replicas.knowKey(answer.body.key);
  return answer;
}

const create = (credential: string, replica = 0): Promise<Answer<ShownKey>> =>
  request(credential, 'POST', '/v1/api-keys', { name: 'More', permissions: [] }, replica);

const patch = (credential: string, id: string, json: object, replica = 0) =>
  request(credential, 'PATCH', `/v1/api-keys/${id}`, json, replica);

const idOf = (keys: readonly IssuedApiKey[], index: number): string => keys[index]?.record.id ?? '';

/** Moves the end of keys into the past, as time would. */
const expire = (...ids: string[]) =>
  replicas.first.database.query(
    `UPDATE auth_api_keys SET expires_at = now() - interval '1 second' WHERE id = ANY($1)`,
    [ids],
  );

/** Keys that count: neither revoked, nor expired, nor replaced. */
async function countKept(accountId: string): Promise<number> {
  const [row] = await replicas.first.database.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM auth_api_keys WHERE account_id = $1 AND revoked_at IS NULL
     AND rotated_to IS NULL AND (expires_at IS NULL OR expires_at > now())`,
    [accountId],
  );
  return row?.count ?? 0;
}

const countOf = (answers: readonly Answer<unknown>[], status: number): number =>
  answers.filter((answer) => answer.status === status).length;

describe('at four keys of five', () => {
  it('fifty creates at the same time make one', async () => {
    const [maker] = await makeKeys('lite', ...times(3));
    const { key, record } = maker as IssuedApiKey;
    const answers = await Promise.all(Array.from({ length: 50 }, (_, index) => create(key, index)));
    expect([countOf(answers, 201), countOf(answers, 409)]).toEqual([1, 49]);
    expect(await countKept(record.accountId)).toBe(5);
    const refused = answers.find(({ status }) => status === 409)?.body;
    expect(refused).toMatchObject({ error: { code: 'conflict' } });
    expect(JSON.stringify(refused)).toContain('5 keys');
  });

  it('creates, and expired keys that are prolonged, get one place between them; rotations take none', async () => {
    for (let round = 0; round < 3; round += 1) {
      const keys = await makeKeys('lite', ...times(3));
      const [maker] = keys as [IssuedApiKey];
      const { accountId } = maker.record;
      const expired: string[] = [];
      for (let count = 0; count < 6; count += 1) {
        const { record } = await replicas.first.issueKey({ accountId, tier: 'lite' });
        expired.push(record.id);
        await expire(record.id);
      }
      const prolong = expired.map((id, index) =>
        patch(maker.key, id, { expires_at: index % 2 === 0 ? null : LATER }, index),
      );
      const made = Array.from({ length: 6 }, (_, index) => create(maker.key, index));
      const rotated = [1, 2, 3].map((index) =>
        request(
          maker.key,
          'POST',
          `/v1/api-keys/${idOf(keys, index)}/rotate`,
          { grace_period_seconds: 60 },
          index,
        ),
      );
      const growing = await Promise.all([...prolong, ...made]);
      expect(countOf(growing, 201) + countOf(growing, 200)).toBe(1);
      expect(countOf(growing, 409)).toBe(11);
      expect(countOf(await Promise.all(rotated), 201)).toBe(3);
      expect(await countKept(accountId)).toBe(5);
    }
  });

  it('a revocation makes room for one of those that wait', async () => {
    const keys = await makeKeys('lite', ...times(4));
    const [maker] = keys as [IssuedApiKey];
    const answers = await Promise.all([
      ...Array.from({ length: 10 }, (_, index) => create(maker.key, index)),
      request(maker.key, 'DELETE', `/v1/api-keys/${idOf(keys, 4)}`, undefined, 1),
    ]);
    expect(countOf(answers, 201)).toBeLessThanOrEqual(1);
    expect(await countKept(maker.record.accountId)).toBe(4 + countOf(answers, 201));
  });
});

describe('the keys of an account that count', () => {
  it('are the active and the disabled, not the expired and the revoked', async () => {
    const keys = await makeKeys('lite', ...times(4));
    const [maker] = keys as [IssuedApiKey];
    expect((await create(maker.key)).status).toBe(409);
    await patch(maker.key, idOf(keys, 1), { status: 'disabled' });
    expect((await create(maker.key)).status).toBe(409);
    expect((await patch(maker.key, idOf(keys, 1), { status: 'active' })).status).toBe(200);

    await request(maker.key, 'DELETE', `/v1/api-keys/${idOf(keys, 2)}`);
    expect((await create(maker.key)).status).toBe(201);
    expect((await create(maker.key)).status).toBe(409);

    await expire(idOf(keys, 3));
    expect((await create(maker.key)).status).toBe(201);
    const prolonged = await patch(maker.key, idOf(keys, 3), { expires_at: LATER });
    expect(prolonged.status).toBe(409);
    expect((await request(maker.key, 'GET', `/v1/api-keys/${idOf(keys, 3)}`)).body.status).toBe(
      'expired',
    );
  });

  it('are those of all environments together', async () => {
    const [maker] = await makeKeys(
      'lite',
      { environment: 'staging' },
      { environment: 'staging' },
      { environment: 'production' },
    );
    const { key } = maker as IssuedApiKey;
    expect((await create(key)).status).toBe(201);
    expect((await create(key, 1)).status).toBe(409);
  });

  it('are twenty for standard, and as many as it likes for professional', async () => {
    const [standard] = (await makeKeys('standard', ...times(18))) as [IssuedApiKey];
    expect((await create(standard.key)).status).toBe(201);
    const refused = await create(standard.key);
    expect(refused.status).toBe(409);
    expect(JSON.stringify(refused.body)).toContain('20 keys');

    const [free] = (await makeKeys('professional', ...times(20))) as [IssuedApiKey];
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => create(free.key, index)),
    );
    expect(countOf(answers, 201)).toBe(10);
  });

  it('of another account do not count', async () => {
    await makeKeys('lite', ...times(4));
    const [maker] = (await makeKeys('lite', ...times(3))) as [IssuedApiKey];
    expect((await create(maker.key)).status).toBe(201);
  });
});

describe('an account that was lowered below what it has', () => {
  it('keeps its keys and everything that needs no room, and gets no more', async () => {
    const keys = await makeKeys('standard', ...times(5), {
      expiresAt: new Date(LATER),
    });
    const [maker] = keys as [IssuedApiKey];
    await patch(maker.key, idOf(keys, 1), { status: 'disabled' });
    const accounts = replicas.second.get(AccountService);
    await accounts.patch(maker.record.accountId, { tier: 'lite' });

    expect((await create(maker.key)).status).toBe(409);
    expect((await patch(maker.key, idOf(keys, 1), { status: 'active' })).status).toBe(409);
    expect((await patch(maker.key, idOf(keys, 6), { expires_at: null })).status).toBe(409);
    for (const { key } of keys.filter((_, index) => index !== 1))
      expect((await request(key, 'GET', '/v1/me')).status).toBe(200);

    // A tier above the account's cannot be set, but what is there does not stand in the way.
    expect((await patch(maker.key, idOf(keys, 2), { tier: 'standard' })).status).toBe(422);
    expect((await patch(maker.key, idOf(keys, 2), { name: 'Renamed' })).status).toBe(200);
    const rotated = await request(maker.key, 'POST', `/v1/api-keys/${idOf(keys, 2)}/rotate`, {
      grace_period_seconds: 0,
    });
    expect([rotated.status, rotated.body['tier']]).toEqual([201, 'standard']);
    for (const index of [3, 4, 5])
      expect((await request(maker.key, 'DELETE', `/v1/api-keys/${idOf(keys, index)}`)).status).toBe(
        200,
      );
    expect((await patch(maker.key, idOf(keys, 1), { status: 'active' })).status).toBe(200);
  });
});

describe('where keys live so long at most', () => {
  const DAYS = 30;
  const LIFE = DAYS * 86_400_000;

  it('keys made, changed or replaced by others end by then; the first key of all does not', async () => {
    const api = await startTestApi({ variables: { CLARY_KEY_MAX_LIFETIME_DAYS: String(DAYS) } });
    const within = async (work: () => Promise<Answer<ShownKey>>): Promise<ShownKey> => {
      const earliest = Date.now();
      const { body } = await work();
      if (body.key !== undefined) api.knowKey(body.key);
      const end = Date.parse(body.expires_at ?? '');
      expect(end).toBeGreaterThanOrEqual(earliest + LIFE);
      expect(end).toBeLessThanOrEqual(Date.now() + LIFE);
      return body;
    };
    const call = async (method: string, path: string, json?: object, credential = api.adminKey) => {
      const answer = await send(api, method, path, { credential, ...(json && { json }) });
      if (answer.body.key !== undefined) api.knowKey(answer.body.key);
      return answer;
    };
    const createWith = (more: object, credential?: string) =>
      call('POST', '/v1/api-keys', { name: 'New', permissions: [], ...more }, credential);
    const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();

    expect((await call('GET', '/v1/me')).body.expires_at).toBeNull();
    const made = await within(() => createWith({}));
    for (const expires_at of [null, inDays(DAYS + 1)]) {
      const refused = await createWith({ expires_at });
      expect(refused.status).toBe(422);
      expect(refused.body).toMatchObject({ error: { details: [{ field: 'expires_at' }] } });
      expect((await call('PATCH', `/v1/api-keys/${made.id}`, { expires_at })).status).toBe(422);
    }
    const shown = await call('PATCH', `/v1/api-keys/${made.id}`, { name: 'Same' });
    expect([shown.status, shown.body.expires_at]).toEqual([200, made.expires_at]);
    const sooner = inDays(2);
    const patched = await call('PATCH', `/v1/api-keys/${made.id}`, { expires_at: sooner });
    expect([patched.status, patched.body.expires_at]).toEqual([200, sooner]);
    const inherited = await call('POST', `/v1/api-keys/${made.id}/rotate`, {
      grace_period_seconds: 60,
    });
    expect([inherited.status, inherited.body.expires_at]).toEqual([201, sooner]);

    // The operator's own key may live for ever; its successor, made over REST, may not.
    const { accountId } = (await api.issueKey()).record;
    const { record } = await api.issueKey({ accountId });
    expect(record.expiresAt).toBeNull();
    await within(() =>
      call('POST', `/v1/api-keys/${record.id}/rotate`, { grace_period_seconds: 60 }),
    );

    // The maximum is a default like others: it is judged, not lowered to what the caller may give.
    const short = await createWith({ permissions: ['api-keys:write'], expires_at: inDays(1) });
    expect((await createWith({}, short.body.key)).status).toBe(403);
    expect((await createWith({ expires_at: sooner }, short.body.key)).status).toBe(403);
    expect((await createWith({ expires_at: short.body.expires_at }, short.body.key)).status).toBe(
      201,
    );
    await api.stop();
  });
});
