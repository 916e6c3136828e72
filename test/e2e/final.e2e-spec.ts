import {
  AccountService,
  ApiKeyService,
  AuditService,
  type IssuedApiKey,
  type IssueApiKey,
} from '@clary/nestjs-auth';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { holdLock } from '../support/held-lock.js';
import { Replicas } from '../support/replicas.js';
import { send, type Answer, type ShownKey } from '../support/json-client.js';
import { claims, mint } from '../support/tokens.js';

let replicas: Replicas;
beforeAll(async () => {
  replicas = await Replicas.start();
});
afterAll(() => replicas.stop());

interface Event {
  readonly id: string;
  readonly action: string;
  readonly before: Record<string, unknown> | null;
  readonly after: Record<string, unknown> | null;
}

const query = <Row extends object>(sql: string, values?: unknown[]): Promise<Row[]> =>
  replicas.first.database.query<Row>(sql, values);

async function issue(request: Partial<IssueApiKey> = {}): Promise<IssuedApiKey> {
  const issued = await replicas.first.issueKey(request);
  replicas.knowKey(issued.key);
  return issued;
}

async function call(
  credential: string,
  method: string,
  path: string,
  json?: object,
  replica: 0 | 1 = 0,
): Promise<Answer<ShownKey>> {
  const answer = await send(replicas.all[replica], method, path, {
    credential,
    ...(json !== undefined && { json }),
  });
  if (answer.body.key !== undefined) replicas.knowKey(answer.body.key);
  return answer;
}

const me = async (credential: string, replica: 0 | 1 = 1): Promise<number> =>
  (await call(credential, 'GET', '/v1/me', undefined, replica)).status;

const tokenOf = ({ key, record }: IssuedApiKey): string =>
  mint(key, claims('user'), { kid: record.id });

const create = (credential: string, more: object = {}) =>
  call(credential, 'POST', '/v1/api-keys', { name: 'New', permissions: [], ...more });

const eventsOf = (id: string): Promise<Event[]> =>
  query<Event>(
    `SELECT id, action, before, after FROM auth_audit_events WHERE target ->> 'id' = $1 ORDER BY at, id`,
    [id],
  );

/** A caller, and another key of its account. */
async function makePair(): Promise<{ caller: IssuedApiKey; target: IssuedApiKey }> {
  const caller = await issue();
  const target = await issue({ accountId: caller.record.accountId });
  return { caller, target };
}

describe('a key that is revoked', () => {
  it('does not come back: over REST, by the service, by SQL', async () => {
    const { caller, target } = await makePair();
    const { id } = target.record;
    const { body } = await call(caller.key, 'DELETE', `/v1/api-keys/${id}`);
    for (const change of [{ status: 'active' }, { expires_at: null }, { name: 'x' }, {}])
      expect((await call(caller.key, 'PATCH', `/v1/api-keys/${id}`, change)).status).toBe(409);
    const service = replicas.second.get(ApiKeyService);
    await expect(service.patch(id, { status: 'active' })).rejects.toThrow('revoked');
    await expect(service.rotate(id, 0)).rejects.toThrow('revoked');
    await expect(service.revokeTokens(id)).rejects.toThrow('revoked');

    for (const value of ['NULL', 'now()', `now() + interval '1 day'`])
      await expect(
        query(`UPDATE auth_api_keys SET revoked_at = ${value} WHERE id = $1`, [id]),
      ).rejects.toThrow('stays revoked');
    const again = await call(caller.key, 'DELETE', `/v1/api-keys/${id}`, undefined, 1);
    expect([again.status, again.body]).toEqual([200, body]);
    expect([await me(target.key), await me(tokenOf(target))]).toEqual([401, 401]);
  });

  it('is revoked once by many at the same time, with one event', async () => {
    const { caller, target } = await makePair();
    const { id } = target.record;
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        call(caller.key, 'DELETE', `/v1/api-keys/${id}`, undefined, (index % 2) as 0 | 1),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ body }) => body['revoked_at'])).size).toBe(1);
    const actions = (await eventsOf(id)).map(({ action }) => action);
    expect(actions).toEqual(['api_key.created', 'api_key.revoked']);
  });
});

describe('what a request was let in with counts at the moment of its change', () => {
  /** Lets a request wait for the account until SQL has been run, as behind many other changes. */
  async function whileWaiting(
    accountId: string,
    request: () => Promise<Answer<ShownKey>>,
    sql: string,
    values: unknown[],
  ): Promise<Answer<ShownKey>> {
    const lock = await holdLock(
      replicas.first.database.url,
      'SELECT 1 FROM auth_accounts WHERE id = $1 FOR UPDATE',
      [accountId],
    );
    const answer = request();
    await lock.waitedFor();
    await lock.query(sql, values);
    await lock.release();
    return answer;
  }

  it.each([
    ['revoked', 'revoked_at = now()', 401],
    ['disabled', 'disabled_at = now()', 401],
    ['expired', `expires_at = now() - interval '1 second'`, 401],
    ['left with JWTs only', `methods = '{jwt}'`, 401],
    ['bound to another address', `allowed_ips = '{192.0.2.1}'`, 401],
    ['left with fewer permissions', `permissions = '{api-keys:write}'`, 403],
    ['left without the right to make keys', `permissions = '{documents:*}'`, 403],
    ['lowered', `tier = 'lite'`, 403],
  ])('a key that is %s meanwhile makes none', async (_, change, status) => {
    const { caller, target } = await makePair();
    const { accountId, id } = caller.record;
    const answer = await whileWaiting(
      accountId,
      () => create(caller.key, { permissions: ['documents:read'] }),
      `UPDATE auth_api_keys SET ${change} WHERE id = $1`,
      [id],
    );
    expect(answer.status).toBe(status);
    const keys = await query('SELECT id FROM auth_api_keys WHERE account_id = $1', [accountId]);
    expect(keys).toHaveLength(2);
    expect(await me(target.key)).toBe(200);
  });

  it('nor does its JWT, and neither changes one', async () => {
    const { caller, target } = await makePair();
    const { accountId, id } = caller.record;
    const token = mint(caller.key, claims('user', { scope: '* api-keys:write' }), { kid: id });
    const answer = await whileWaiting(
      accountId,
      () =>
        call(token, 'POST', `/v1/api-keys/${target.record.id}/rotate`, { grace_period_seconds: 0 }),
      `UPDATE auth_api_keys SET permissions = '{documents:*,api-keys:write}' WHERE id = $1`,
      [id],
    );
    expect(answer.status).toBe(403);
    expect(await me(target.key)).toBe(200);
  });

  it('a JWT that is revoked meanwhile makes none, its key does', async () => {
    const { caller } = await makePair();
    const { accountId, id } = caller.record;
    const token = mint(caller.key, claims('user', { scope: '* api-keys:write' }), { kid: id });
    for (const [credential, status] of [
      [token, 401],
      [caller.key, 201],
    ] as const) {
      const answer = await whileWaiting(
        accountId,
        () => create(credential),
        `UPDATE auth_api_keys SET tokens_not_before = now() + interval '1 minute' WHERE id = $1`,
        [id],
      );
      expect(answer.status).toBe(status);
    }
  });

  it.each([
    ['revoked', 'revoked_at = now()', 401],
    ['left without admin', `permissions = '{*}'`, 403],
  ])('an admin whose key is %s meanwhile changes no account', async (_, change, status) => {
    const admin = await issue({ permissions: ['*', 'admin'] });
    const { accountId } = (await issue()).record;
    const answer = await whileWaiting(
      accountId,
      () => call(admin.key, 'PATCH', `/v1/accounts/${accountId}`, { tier: 'lite' }),
      `UPDATE auth_api_keys SET ${change} WHERE id = $1`,
      [admin.record.id],
    );
    expect(answer.status).toBe(status);
    const [account] = await query('SELECT tier FROM auth_accounts WHERE id = $1', [accountId]);
    expect(account).toEqual({ tier: 'professional' });
  });

  it('a key of an account that is suspended meanwhile makes none', async () => {
    const { caller } = await makePair();
    const answer = await whileWaiting(
      caller.record.accountId,
      () => create(caller.key),
      `UPDATE auth_accounts SET status = 'suspended' WHERE id = $1`,
      [caller.record.accountId],
    );
    expect(answer.status).toBe(401);
  });
});

describe('a change that takes its time', () => {
  it('does not hold up what others store in the account', async () => {
    const { caller, target } = await makePair();
    const held = await holdLock(
      replicas.first.database.url,
      'SELECT 1 FROM auth_api_keys WHERE id = $1 FOR UPDATE',
      [target.record.id],
    );
    const change = call(caller.key, 'PATCH', `/v1/api-keys/${target.record.id}`, { name: 'Other' });
    await held.waitedFor();
    const json = { name: 'Workflow', definition: { tasks: [{ id: 'a', type: 'transform' }] } };
    expect((await call(caller.key, 'POST', '/v1/workflows', json, 1)).status).toBe(201);
    await held.release();
    expect((await change).status).toBe(200);
  });
});

describe('the audit log', () => {
  it.each([
    ['UPDATE', `UPDATE auth_audit_events SET ip = '192.0.2.1'`],
    ['an UPDATE of no row', `UPDATE auth_audit_events SET ip = null WHERE id = 'none'`],
    ['DELETE', 'DELETE FROM auth_audit_events'],
    ['TRUNCATE', 'TRUNCATE auth_audit_events'],
    [
      'an upsert',
      `INSERT INTO auth_audit_events SELECT * FROM auth_audit_events LIMIT 1
       ON CONFLICT (id) DO UPDATE SET ip = null`,
    ],
  ])('refuses %s', async (_, sql) => {
    await issue();
    const count = 'SELECT count(*) AS count FROM auth_audit_events';
    const before = await query(count);
    await expect(query(sql)).rejects.toThrow('takes new events only');
    expect(await query(count)).toEqual(before);
  });

  it('has one event for each change, with what was before and after, and none for what changes nothing', async () => {
    const { caller, target } = await makePair();
    const path = `/v1/api-keys/${target.record.id}`;
    await call(caller.key, 'PATCH', path, { name: 'Other', rate_limit: 10 });
    await call(caller.key, 'PATCH', path, { name: 'Other' });
    await call(caller.key, 'PATCH', path, {});
    await call(caller.key, 'PATCH', path, { status: 'disabled' });
    await call(caller.key, 'PATCH', path, { status: 'disabled' });
    await call(caller.key, 'PATCH', path, { status: 'active' });
    await call(caller.key, 'POST', `${path}/revoke-tokens`);
    const rotated = await call(caller.key, 'POST', `${path}/rotate`, { grace_period_seconds: 60 });
    await call(caller.key, 'DELETE', path);
    await call(caller.key, 'DELETE', path);

    const events = await eventsOf(target.record.id);
    expect(events.map(({ action }) => action)).toEqual([
      'api_key.created',
      ...Array<string>(3).fill('api_key.updated'),
      'api_key.tokens_revoked',
      'api_key.rotated',
      'api_key.revoked',
    ]);
    expect(events[0]?.before).toBeNull();
    expect(events[1]).toMatchObject({
      before: { name: 'Test', rate_limit: null },
      after: { name: 'Other', rate_limit: 10 },
    });
    // Each begins where the one before it ended.
    for (const [index, { before }] of events.slice(1).entries())
      expect(before).toEqual(events[index]?.after);
    expect(events.at(-2)?.after?.['rotated_to']).toBe(rotated.body.id);
    const members = Object.keys(events[0]?.after ?? {}).sort();
    expect(members).toEqual([
      ...['allowed_ips', 'disabled_at', 'environment', 'expires_at', 'metadata', 'methods', 'name'],
      ...['permissions', 'rate_limit', 'revoked_at', 'rotated_from', 'rotated_to', 'tier'],
      'tokens_not_before',
    ]);
  });

  it('tells of the grace that a second rotation ends', async () => {
    const { caller, target } = await makePair();
    const rotate = (id: string): Promise<Answer<ShownKey>> =>
      call(caller.key, 'POST', `/v1/api-keys/${id}/rotate`, { grace_period_seconds: 60 });
    const { body: successor } = await rotate(target.record.id);
    await rotate(successor.id);
    const events = await eventsOf(target.record.id);
    expect(events.map(({ action }) => action)).toEqual([
      'api_key.created',
      'api_key.rotated',
      'api_key.updated',
    ]);
    const [, rotated, ended] = events;
    expect(ended?.before).toEqual(rotated?.after);
    const shown = await call(caller.key, 'GET', `/v1/api-keys/${target.record.id}`);
    expect(ended?.after).toEqual({ ...rotated?.after, expires_at: shown.body.expires_at });
    expect(shown.body.status).toBe('expired');
  });

  it('has no event for a change that was refused', async () => {
    const { caller, target } = await makePair();
    const path = `/v1/api-keys/${target.record.id}`;
    const stranger = await issue();
    const count = 'SELECT count(*) AS count FROM auth_audit_events WHERE action LIKE $1';
    const before = await query(count, ['api_key.%']);
    const statuses = [
      await create(caller.key, { permissions: ['documents:fly'] }),
      await create(caller.key, { permissions: ['admin'] }),
      await create(caller.key, { expires_at: '2001-01-01T00:00:00Z' }),
      await call(stranger.key, 'PATCH', path, { name: 'Mine' }),
      await call(stranger.key, 'DELETE', path),
      await call(caller.key, 'PATCH', path, { permissions: ['admin'] }),
    ].map(({ status }) => status);
    expect(statuses).toEqual([422, 403, 400, 404, 404, 403]);
    expect(await query(count, ['api_key.%'])).toEqual(before);
  });

  it('is a condition of each change: without its event there is none', async () => {
    const { caller, target } = await makePair();
    const { accountId, id } = target.record;
    const path = `/v1/api-keys/${id}`;
    const state = () =>
      Promise.all([
        query('SELECT * FROM auth_api_keys ORDER BY id'),
        query('SELECT * FROM auth_accounts ORDER BY id'),
      ]);
    const before = await state();
    await query(`CREATE FUNCTION fail_event() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE EXCEPTION 'no room for events'; END $$`);
    await query(`CREATE TRIGGER fail_event BEFORE INSERT ON auth_audit_events
      FOR EACH ROW EXECUTE FUNCTION fail_event()`);
    try {
      const failed = [
        await create(caller.key),
        await call(caller.key, 'PATCH', path, { name: 'Other' }),
        await call(caller.key, 'POST', `${path}/rotate`, { grace_period_seconds: 0 }),
        await call(caller.key, 'POST', `${path}/revoke-tokens`),
        await call(caller.key, 'DELETE', path),
        await call(caller.key, 'DELETE', '/v1/me/key'),
        await call(replicas.first.adminKey, 'PATCH', `/v1/accounts/${accountId}`, {
          name: 'Other',
        }),
        await call(replicas.first.adminKey, 'POST', '/v1/accounts', { name: 'N', tier: 'lite' }),
      ];
      expect(failed.map(({ status }) => status)).toEqual(Array<number>(8).fill(500));
      expect(JSON.stringify(failed)).not.toContain('no room');
    } finally {
      await query('DROP TRIGGER fail_event ON auth_audit_events');
      await query('DROP FUNCTION fail_event()');
    }
    expect(await state()).toEqual(before);
    expect([await me(target.key), await me(caller.key)]).toEqual([200, 200]);
  });
});

describe('pruning', () => {
  it('removes what is old while others write, loses nothing of theirs, and says so', async () => {
    const { caller } = await makePair();
    const audit = replicas.first.get(AuditService);
    // Events of long ago, as an installation of some age has them.
    await query(
      `INSERT INTO auth_audit_events (id, at, action, actor, target)
       SELECT 'evt_old' || lpad(n::text, 13, '0'), '2020-01-01', 'api_key.updated', '{"type":"system"}', '{"type":"audit"}'
       FROM generate_series(1, 2000) AS n`,
    );
    const start = new Date();
    const made: Answer<ShownKey>[] = [];
    const prunes: number[] = [];
    const write = async (replica: 0 | 1): Promise<void> => {
      for (let count = 0; count < 20; count += 1) {
        const json = { name: 'New', permissions: [] };
        made.push(await call(caller.key, 'POST', '/v1/api-keys', json, replica));
      }
    };
    const prune = async (replica: 0 | 1): Promise<void> => {
      const service = replicas.all[replica].get(AuditService);
      for (let count = 0; count < 4; count += 1)
        prunes.push(await service.prune(new Date('2021-01-01'), { type: 'cli' }));
    };
    await Promise.all([write(0), write(1), write(0), prune(0), prune(1)]);

    expect(new Set(made.map(({ status }) => status))).toEqual(new Set([201]));
    const ids = made.map(({ body }) => body.id);
    const told = await query<{ id: string }>(
      `SELECT target ->> 'id' AS id FROM auth_audit_events WHERE action = 'api_key.created' AND target ->> 'id' = ANY($1)`,
      [ids],
    );
    expect(told.map(({ id }) => id).sort()).toEqual([...ids].sort());
    expect(prunes.reduce((sum, removed) => sum + removed, 0)).toBe(2000);
    const [events, total] = await audit.list({
      action: 'audit.pruned',
      from: start,
      limit: 100,
      offset: 0,
    });
    expect(total).toBe(8);
    expect(events[0]).toMatchObject({
      actor: { type: 'cli', key_id: null, subject: null },
      accountId: null,
      before: null,
    });
    const removed = events.map(({ after }) => after?.['removed']).sort();
    expect(removed).toEqual([...prunes].sort());
    await expect(query('DELETE FROM auth_audit_events')).rejects.toThrow('takes new events only');
  });

  it('that fails leaves everything, and the log as closed as before', async () => {
    const count = 'SELECT count(*)::int AS count FROM auth_audit_events';
    const before = await query(count);
    await query(`CREATE FUNCTION fail_event() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE EXCEPTION 'no room for events'; END $$`);
    await query(`CREATE TRIGGER fail_event BEFORE INSERT ON auth_audit_events
      FOR EACH ROW EXECUTE FUNCTION fail_event()`);
    const failed = replicas.first.get(AuditService).prune(new Date(), { type: 'cli' });
    await expect(failed).rejects.toThrow('no room');
    await query('DROP TRIGGER fail_event ON auth_audit_events');
    await query('DROP FUNCTION fail_event()');
    expect(await query(count)).toEqual(before);
    await expect(query('TRUNCATE auth_audit_events')).rejects.toThrow('takes new events only');
  });

  it('lets nobody else change the log meanwhile', async () => {
    const service = replicas.first.get(AuditService);
    const changes = Array.from({ length: 30 }, async (_, index) => {
      if (index % 5 === 0) await service.prune(new Date('2021-01-01'), { type: 'cli' });
      return expect(query('DELETE FROM auth_audit_events')).rejects.toThrow();
    });
    await Promise.all(changes);
    expect(await query(`SELECT 1 FROM auth_audit_events LIMIT 1`)).toHaveLength(1);
  });
});

describe('an account that is suspended', () => {
  it('is refused at once, by key and by JWT, on every replica; and let in again', async () => {
    const { caller, target } = await makePair();
    const { accountId } = caller.record;
    const bystander = await issue();
    const unnamed = mint(caller.key, claims(accountId));
    const credentials = [caller.key, target.key, tokenOf(caller), tokenOf(target), unnamed];
    const everywhere = () =>
      Promise.all(([0, 1] as const).flatMap((at) => credentials.map((one) => me(one, at))));
    const change = (status: string) =>
      call(replicas.first.adminKey, 'PATCH', `/v1/accounts/${accountId}`, { status });
    for (let round = 0; round < 2; round += 1) {
      expect(new Set(await everywhere())).toEqual(new Set([200]));
      expect((await change('suspended')).status).toBe(200);
      expect(new Set(await everywhere())).toEqual(new Set([401]));
      expect(await me(bystander.key)).toBe(200);
      expect((await change('active')).status).toBe(200);
    }
    expect(new Set(await everywhere())).toEqual(new Set([200]));
    const actions = (await eventsOf(accountId)).map(({ action }) => action);
    expect(actions).toEqual(['account.created', ...Array<string>(4).fill('account.updated')]);
  });

  it('says why to who holds the secret, keeps its keys, and can be looked after by the operator', async () => {
    const { caller } = await makePair();
    const { accountId, id } = caller.record;
    await replicas.first.get(AccountService).patch(accountId, { status: 'suspended' });
    const refused = await replicas.second.request('GET', '/v1/me', { credential: caller.key });
    expect(refused.headers.get('www-authenticate')).toContain('suspended');
    const kept = await call(replicas.first.adminKey, 'GET', `/v1/api-keys/${id}`);
    expect([kept.status, kept.body.status]).toEqual([200, 'active']);
  });

  it('is never the own account of the caller', async () => {
    const admin = await issue({ permissions: ['*', 'admin'] });
    const path = `/v1/accounts/${admin.record.accountId}`;
    expect((await call(admin.key, 'PATCH', path, { status: 'suspended' })).status).toBe(409);
    expect(await me(admin.key)).toBe(200);
  });
});
