import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IssuedApiKey } from '@clary/nestjs-auth';
import { Replicas } from '../support/replicas.js';
import { send, type ShownKey } from '../support/json-client.js';
import { claims, mint } from '../support/tokens.js';

let replicas: Replicas;
beforeAll(async () => {
  replicas = await Replicas.start();
});
afterAll(() => replicas.stop());

const DAY = 86_400_000;

const me = async (credential: string, replica: 0 | 1 = 0): Promise<number> =>
  (await send(replicas.all[replica], 'GET', '/v1/me', { credential })).status;

async function rotate(credential: string, id: string, grace: number, replica: 0 | 1 = 0) {
  const answer = await send(replicas.all[replica], 'POST', `/v1/api-keys/${id}/rotate`, {
    credential,
    json: { grace_period_seconds: grace },
  });
  if (answer.body.key !== undefined) replicas.knowKey(answer.body.key);
  return { ...answer, key: answer.body.key ?? '' };
}

const read = async (credential: string, id: string): Promise<ShownKey> =>
  (await send(replicas.second, 'GET', `/v1/api-keys/${id}`, { credential })).body;

const patch = (credential: string, id: string, json: object) =>
  send(replicas.first, 'PATCH', `/v1/api-keys/${id}`, { credential, json });

/** Two keys of one account: one that calls, and one that things are done to. */
async function makePair(): Promise<{ caller: string; target: IssuedApiKey }> {
  const caller = await replicas.first.issueKey();
  const { accountId } = caller.record;
  const target = await replicas.first.issueKey({ accountId });
  replicas.knowKey(caller.key);
  replicas.knowKey(target.key);
  return { caller: caller.key, target };
}

/** A JWT that names no key, but the account that owns it. */
const unnamed = (key: string, accountId: string): string => mint(key, claims(accountId));

describe('two rotations at the same time', () => {
  it.each([
    ['by the same key', (caller: string, own: string) => [caller, own, caller, own]],
    ['each by the key that is to be replaced', (_: string, own: string) => [own, own, own, own]],
    [
      'by key and by JWT',
      (caller: string, own: string) => [
        caller,
        mint(caller, claims('operator', { scope: '* api-keys:write' }), {
          kid: `key_${caller.split('_')[2] ?? ''}`,
        }),
        own,
        caller,
      ],
    ],
  ])('make one successor: %s', async (_, callers) => {
    for (let round = 0; round < 12; round += 1) {
      const { caller, target } = await makePair();
      const answers = await Promise.all(
        callers(caller, target.key).map((credential, index) =>
          rotate(credential, target.record.id, 60, (index % 2) as 0 | 1),
        ),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
      const made = answers.find(({ status }) => status === 201);
      const successors = await replicas.first.database.query<{ id: string }>(
        'SELECT id FROM auth_api_keys WHERE rotated_from = $1',
        [target.record.id],
      );
      expect(successors).toEqual([{ id: made?.body.id }]);
      expect((await read(caller, target.record.id)).rotated_to).toBe(made?.body.id);
      expect([await me(made?.key ?? '', 1), await me(target.key, 0)]).toEqual([200, 200]);
    }
  });
});

describe('a client that switches within the grace', () => {
  interface Current {
    readonly id: string;
    readonly key: string;
  }

  it('sees no failed request, whichever way it calls', async () => {
    const { caller, target } = await makePair();
    const { accountId } = target.record;
    const ways: ((current: Current) => string)[] = [
      ({ key }) => key,
      ({ key, id }) => mint(key, claims('user'), { kid: id }),
      ({ key, id }) => mint(key, claims('user', { iss: id })),
      ({ key }) => unnamed(key, accountId),
    ];
    let current: Current = { id: target.record.id, key: target.key };
    let running = true;
    const failures: string[] = [];
    const used = ways.map(() => new Map<string, number>());
    const clients = ways.map(async (toCredential, way) => {
      for (let count = 0; running; count += 1) {
        const { id } = current;
        const status = await me(toCredential(current), (count % 2) as 0 | 1);
        if (status !== 200) failures.push(`way ${way}, key ${id}: ${status}`);
        used[way]?.set(id, (used[way].get(id) ?? 0) + 1);
      }
    });
    const untilUsed = async (times: number): Promise<void> => {
      const { id } = current;
      while (used.some((counts) => (counts.get(id) ?? 0) < times))
        await new Promise((resolve) => setTimeout(resolve, 5));
    };
    for (let round = 0; round < 6; round += 1) {
      await untilUsed(4);
      const { status, body, key } = await rotate(caller, current.id, 60, (round % 2) as 0 | 1);
      expect(status).toBe(201);
      // The old key goes on being used for a while.
      const before = new Map(used.map((counts, way) => [way, counts.get(current.id) ?? 0]));
      await untilUsed(Math.max(...before.values()) + 3);
      current = { id: body.id, key };
    }
    await untilUsed(4);
    running = false;
    await Promise.all(clients);
    expect(failures).toEqual([]);
  });
});

describe('a chain of rotations', () => {
  it('is shown from both sides, and has one predecessor in grace at most', async () => {
    const { caller, target } = await makePair();
    const first = await rotate(caller, target.record.id, 604_800);
    expect([await me(target.key), await me(first.key)]).toEqual([200, 200]);

    const second = await rotate(caller, first.body.id, 604_800);
    expect([await me(target.key), await me(first.key), await me(second.key)]).toEqual([
      401, 200, 200,
    ]);
    const token = mint(target.key, claims('user'), { kid: target.record.id });
    expect(await me(token)).toBe(401);

    const chain = await Promise.all(
      [target.record.id, first.body.id, second.body.id].map((id) => read(caller, id)),
    );
    expect(chain.map(({ rotated_from, rotated_to, status }) => [rotated_from, rotated_to, status]))
      // The oldest did not wait for the end of its week.
      .toEqual([
        [null, first.body.id, 'expired'],
        [target.record.id, second.body.id, 'active'],
        [first.body.id, null, 'active'],
      ]);
  });

  it('leaves a predecessor alone that was revoked meanwhile', async () => {
    const { caller, target } = await makePair();
    const first = await rotate(caller, target.record.id, 60);
    await send(replicas.first, 'DELETE', `/v1/api-keys/${target.record.id}`, {
      credential: caller,
    });
    const revoked = await read(caller, target.record.id);
    expect((await rotate(caller, first.body.id, 60)).status).toBe(201);
    expect(await read(caller, target.record.id)).toEqual(revoked);
  });

  it('without grace ends the old key at once', async () => {
    const { caller, target } = await makePair();
    const { status, key } = await rotate(caller, target.record.id, 0);
    expect(status).toBe(201);
    expect((await read(caller, target.record.id)).status).toBe('expired');
    const old = [target.key, mint(target.key, claims('user'), { kid: target.record.id })];
    expect(await Promise.all(old.map((credential) => me(credential, 1)))).toEqual([401, 401]);
    expect(await me(key, 1)).toBe(200);
  });
});

describe('a successor', () => {
  it('inherits everything but its secret, its id, who made it, and which JWTs were revoked', async () => {
    const { caller, target } = await makePair();
    const { id } = target.record;
    await patch(caller, id, {
      name: 'Importer',
      tier: 'standard',
      permissions: ['documents:*', 'api-keys:read'],
      methods: ['jwt'],
      rate_limit: 77,
      allowed_ips: ['127.0.0.0/8', '2001:db8::/32'],
      metadata: { team: 'billing', nested: { deep: [1, null] } },
      expires_at: new Date(Date.now() + 30 * DAY).toISOString(),
    });
    await send(replicas.first, 'POST', `/v1/api-keys/${id}/revoke-tokens`, { credential: caller });
    const before = await read(caller, id);
    const { body } = await rotate(caller, id, 3600);
    const { key, ...made } = body;
    expect(key).not.toBe(target.key);
    expect(made).toEqual({
      ...before,
      id: made.id,
      hint: made['hint'],
      created_at: made['created_at'],
      created_by: { key_id: `key_${caller.split('_')[2]}`, subject: null },
      source: 'api',
      rotated_from: id,
      tokens_not_before: null,
    });
    expect(before.tokens_not_before).not.toBeNull();
    expect(await read(caller, made.id)).toEqual(made);
  });

  it.each([
    ['its own expiry where that is earlier', 1, 604_800, 1 * DAY],
    ['the end of the grace where that is earlier', 30, 3600, 3_600_000],
  ])('leaves the old key %s', async (_, days, grace, rest) => {
    const { caller, target } = await makePair();
    const expiresAt = new Date(Date.now() + days * DAY).toISOString();
    await patch(caller, target.record.id, { expires_at: expiresAt });
    const earliest = Date.now();
    const { body } = await rotate(caller, target.record.id, grace);
    const latest = Date.now();
    expect(body.expires_at).toBe(expiresAt);
    const old = Date.parse((await read(caller, target.record.id)).expires_at ?? '');
    if (rest === days * DAY) expect(new Date(old).toISOString()).toBe(expiresAt);
    else {
      expect(old).toBeGreaterThanOrEqual(earliest + rest);
      expect(old).toBeLessThanOrEqual(latest + rest);
    }
  });
});

describe('a key that was replaced', () => {
  it('is neither replaced again nor prolonged, and else may be changed', async () => {
    const { caller, target } = await makePair();
    const { id } = target.record;
    await rotate(caller, id, 3600);
    const { expires_at } = await read(caller, id);
    expect((await rotate(caller, id, 60)).status).toBe(409);
    for (const later of [null, new Date(Date.now() + DAY).toISOString()])
      expect((await patch(caller, id, { expires_at: later })).status).toBe(409);
    expect((await read(caller, id)).expires_at).toBe(expires_at);

    const sooner = new Date(Date.now() + 60_000).toISOString();
    expect((await patch(caller, id, { expires_at: sooner, name: 'Old' })).status).toBe(200);
    expect((await patch(caller, id, { status: 'disabled' })).status).toBe(200);
    expect(await me(target.key)).toBe(401);
    expect((await patch(caller, id, { status: 'active' })).status).toBe(200);
    expect(await me(target.key)).toBe(200);
  });

  it('is not prolonged after its end either', async () => {
    const { caller, target } = await makePair();
    await rotate(caller, target.record.id, 0);
    const later = new Date(Date.now() + DAY).toISOString();
    expect((await patch(caller, target.record.id, { expires_at: later })).status).toBe(409);
    expect(await me(target.key)).toBe(401);
  });

  it('does not count towards the limit, nor when it is switched on again', async () => {
    const maker = await replicas.first.issueKey({ tier: 'lite' });
    const { accountId } = maker.record;
    const others = [];
    for (let count = 0; count < 4; count += 1)
      others.push(await replicas.first.issueKey({ accountId, tier: 'lite' }));
    const id = others[0]?.record.id ?? '';
    const rotated = await rotate(maker.key, id, 3600);
    expect(rotated.status).toBe(201);
    expect((await rotate(maker.key, others[1]?.record.id ?? '', 3600)).status).toBe(201);
    const json = { name: 'Sixth', permissions: [] };
    const sixth = await send(replicas.second, 'POST', '/v1/api-keys', {
      credential: maker.key,
      json,
    });
    expect(sixth.status).toBe(409);
    expect((await patch(maker.key, id, { status: 'disabled' })).status).toBe(200);
    expect((await patch(maker.key, id, { status: 'active' })).status).toBe(200);
  });
});

describe('what is not active is not replaced', () => {
  it.each([
    ['disabled', (caller: string, id: string) => patch(caller, id, { status: 'disabled' })],
    [
      'expired',
      (_: string, id: string) =>
        replicas.first.database.query(
          `UPDATE auth_api_keys SET expires_at = now() - interval '1 second' WHERE id = $1`,
          [id],
        ),
    ],
    [
      'revoked',
      (caller: string, id: string) =>
        send(replicas.first, 'DELETE', `/v1/api-keys/${id}`, { credential: caller }),
    ],
  ])('%s', async (status, change) => {
    const { caller, target } = await makePair();
    await change(caller, target.record.id);
    expect((await read(caller, target.record.id)).status).toBe(status);
    expect((await rotate(caller, target.record.id, 60)).status).toBe(409);
    expect((await read(caller, target.record.id)).rotated_to).toBeNull();
  });
});

describe('a JWT that names no key', () => {
  /** Keys of one account, oldest first. */
  async function makeKeys(count: number): Promise<IssuedApiKey[]> {
    const keys = [await replicas.first.issueKey()];
    const accountId = keys[0]?.record.accountId ?? '';
    while (keys.length < count) keys.push(await replicas.first.issueKey({ accountId }));
    keys.forEach(({ key }) => replicas.knowKey(key));
    return keys;
  }

  const usable = (keys: readonly string[], accountId: string): Promise<number[]> =>
    Promise.all(keys.map((key, index) => me(unnamed(key, accountId), (index % 2) as 0 | 1)));

  it('is verified with the first twenty keys; a successor has the place of the key that it replaces', async () => {
    const issued = await makeKeys(22);
    const accountId = issued[0]?.record.accountId ?? '';
    const [oldest, ...rest] = issued as [IssuedApiKey, ...IssuedApiKey[]];
    const keys = rest.map(({ key }) => key);
    const before = await usable([oldest.key, ...keys], accountId);
    expect(before).toEqual([...Array<number>(20).fill(200), 401, 401]);

    const { key: successor } = await rotate(oldest.key, oldest.record.id, 3600);
    // The predecessor comes after it, and takes a place of its own.
    const after = await usable([successor, oldest.key, ...keys], accountId);
    expect(after).toEqual([...Array<number>(20).fill(200), 401, 401, 401]);
    const refused = replicas.all
      .flatMap(({ log }) => log)
      .filter((line) => line.includes('kid_required'));
    expect(refused.length).toBeGreaterThanOrEqual(5);
  });

  it('finds the successor of the twenty-first key no better than the key, and both by their id', async () => {
    const issued = await makeKeys(21);
    const accountId = issued[0]?.record.accountId ?? '';
    const last = issued[20] as IssuedApiKey;
    const { key: successor, body } = await rotate(last.key, last.record.id, 3600);
    expect(await usable([last.key, successor], accountId)).toEqual([401, 401]);
    const named = [
      mint(last.key, claims(accountId), { kid: last.record.id }),
      mint(successor, claims(accountId), { kid: body.id }),
    ];
    expect(await Promise.all(named.map((token) => me(token)))).toEqual([200, 200]);
  });

  it('of a successor works as soon as it is there, beside that of its predecessor', async () => {
    const [first] = await makeKeys(3);
    const { key, record } = first as IssuedApiKey;
    let newest = { key, id: record.id };
    for (let round = 0; round < 3; round += 1) {
      const previous = newest;
      const { key: made, body } = await rotate(previous.key, previous.id, 3600, 1);
      newest = { key: made, id: body.id };
      expect(await usable([made, previous.key], record.accountId)).toEqual([200, 200]);
      // In grace the predecessor ends before its successor: it can give no more.
    }
  });
});
