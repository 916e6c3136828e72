import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { build } from '../support/processes/build.js';
import { areChannels } from '../support/processes/channel.js';
import type { Credentials } from '../support/processes/credentials.js';
import { Installation } from '../support/processes/installation.js';
import { until } from '../support/processes/pause.js';
import { PGBOUNCER, Pooler } from '../support/processes/pooler.js';
import { kindsByApi } from '../support/revocation/kinds-by-api.js';
import { observe, type Watch } from '../support/revocation/observe.js';
import { createScratchDatabase, type ScratchDatabase } from '../support/scratch-database.js';

/** For three processes, whose pools would make 60. */
const CONNECTIONS = 8;

/** Milliseconds. */
const WITH_CHANNEL = 2000;
const PROMISED = 10_000;
const RECOVERY = 5000;

/** All kinds at once. */
const WATCH: Watch = { interval: 400, settle: 1000, limit: PROMISED + 2000 };

let database: ScratchDatabase;
let pooler: Pooler;
let installation: Installation;

async function startBehindPooler(listening: 'through it' | 'directly'): Promise<void> {
  await build();
  database = await createScratchDatabase();
  pooler = await Pooler.start(database.url, CONNECTIONS);
  const variables = listening === 'directly' ? { DATABASE_LISTEN_URL: database.url } : {};
  installation = await Installation.start(3, pooler.url, { variables });
}

async function stop(): Promise<void> {
  await installation.stop();
  await pooler.stop();
  await database.drop();
}

/** Of each kind of change: until when the old state was seen, and from when the new one held. */
async function lagsOfAllKinds(): Promise<{ name: string; shownUntil: number; heldFrom: number }[]> {
  const all = kindsByApi.map(async (kind) => {
    const lags = await observe(installation, kind, WATCH);
    return {
      name: kind.name,
      shownUntil: Math.max(...lags.map(({ shownUntil }) => shownUntil)),
      heldFrom: Math.max(...lags.map(({ heldFrom }) => heldFrom)),
    };
  });
  return Promise.all(all);
}

const here = describe.runIf(PGBOUNCER !== undefined);
const untested = PGBOUNCER === undefined ? 'NOT TESTED, there is no pgbouncer here: ' : '';

here(`${untested}three processes behind PgBouncer in transaction mode`, () => {
  beforeAll(() => startBehindPooler('through it'), 120_000);
  afterAll(stop);

  it('start at once: the tables are made once, and so is the first key', async () => {
    const [keys] = await database.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM auth_api_keys',
    );
    expect(keys?.count).toBe(1);
    const twice = await database.query(
      'SELECT name FROM migrations GROUP BY name HAVING count(*) > 1',
    );
    expect(twice).toEqual([]);
    const ready = installation.processes.map((api) => api.request('GET', '/health/ready'));
    expect((await Promise.all(ready)).map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  it('leave no lock behind', async () => {
    const locks = await database.query(
      `SELECT 1 FROM pg_locks WHERE locktype = 'advisory'
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    );
    expect(locks).toEqual([]);
  });

  it('read and write, many at a time', async () => {
    const made = await Promise.all(Array.from({ length: 30 }, () => installation.makeKey()));
    const asked = made.flatMap(({ key, token }) =>
      installation.processes.flatMap((api) =>
        [key, token].map((credential) => api.request('GET', '/v1/me', { credential })),
      ),
    );
    expect(new Set((await Promise.all(asked)).map(({ status }) => status))).toEqual(new Set([200]));
  });

  it('count keys under the lock of their account, across processes', async () => {
    const account_id = await installation.makeAccount('lite');
    const json = { name: 'One of many', permissions: ['usage:read'], account_id };
    const credential = installation.adminKey;
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        installation.at(index % 3).request('POST', '/v1/api-keys', { credential, json }),
      ),
    );
    for (const { body } of answers)
      if (typeof body['key'] === 'string') installation.keys.add(body['key']);
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([...Array<number>(5).fill(201), ...Array<number>(7).fill(409)]);
  });

  it('rotate once for one Idempotency-Key, sent to all of them at the same time', async () => {
    const { keyId }: Credentials = await installation.makeKey();
    const sending = {
      credential: installation.adminKey,
      json: { grace_period_seconds: 600 },
      headers: { 'idempotency-key': 'rotate-once' },
    };
    const path = `/v1/api-keys/${keyId}/rotate`;
    const answers = await Promise.all(
      installation.processes.map((api) => api.request('POST', path, sending)),
    );
    const shown = answers.filter(({ body }) => typeof body['key'] === 'string');
    expect(shown).toHaveLength(1);
    expect(answers.every(({ status }) => status === 201 || status === 409)).toBe(true);
    const successors = await database.query(
      'SELECT id FROM auth_api_keys WHERE rotated_from = $1',
      [keyId],
    );
    expect(successors).toHaveLength(1);
  });

  it('hold every change within 10 s, though nothing is heard through it; and say so', async () => {
    await until('the channel is known to be deaf', PROMISED, () =>
      areChannels(installation, 'degraded'),
    );
    const late = (await lagsOfAllKinds()).filter(({ shownUntil }) => shownUntil > PROMISED);
    expect(late).toEqual([]);
  }, 60_000);
});

here(`${untested}three processes behind PgBouncer that listen by a direct connection`, () => {
  beforeAll(() => startBehindPooler('directly'), 120_000);
  afterAll(stop);

  it('hold every change within 2 s', async () => {
    await until('the channels are well', RECOVERY, () => areChannels(installation, 'ok'));
    const late = (await lagsOfAllKinds()).filter(({ heldFrom }) => heldFrom > WITH_CHANNEL);
    expect(late).toEqual([]);
  }, 60_000);
});
