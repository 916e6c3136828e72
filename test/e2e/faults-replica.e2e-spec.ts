import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiProcess } from '../support/processes/api-process.js';
import { build } from '../support/processes/build.js';
import type { Reading } from '../support/processes/client.js';
import { credentialsOf } from '../support/processes/credentials.js';
import { Installation } from '../support/processes/installation.js';
import { until } from '../support/processes/pause.js';
import { createScratchDatabase, type ScratchDatabase } from '../support/scratch-database.js';

/** Requests at a time. */
const PARALLEL = 6;

/** Keys that wait to be rotated: more than there is time for. */
const TO_ROTATE = 60;

/** Milliseconds in which the database notices that a client is gone. */
const NOTICE = 5000;

/** A change under an Idempotency-Key of its own, and what was heard of it. */
interface Write {
  readonly path: string;
  readonly json: object;
  readonly idempotencyKey: string;
  /** Of a 201; undefined: nothing was heard, or nothing but that it could not be. */
  acknowledged?: Reading['body'];
}

let database: ScratchDatabase;
let installation: Installation;
let accountId: string;
let sequence = 0;

beforeAll(async () => {
  await build();
  database = await createScratchDatabase();
  installation = await Installation.start(1, database.url);
  accountId = await installation.makeAccount();
}, 120_000);

afterAll(async () => {
  await installation.stop();
  await database.drop();
});

function send(api: ApiProcess, { path, json, idempotencyKey }: Write): Promise<Reading> {
  return api.request('POST', path, {
    credential: installation.adminKey,
    json,
    headers: { 'idempotency-key': idempotencyKey },
  });
}

/** Makes keys and rotates keys, in turn. */
function* writes(toRotate: readonly string[]): Generator<Write> {
  for (const keyId of toRotate) {
    sequence += 1;
    const name = `Write ${sequence}`;
    const made = { name, permissions: ['usage:read'], account_id: accountId };
    yield { path: '/v1/api-keys', json: made, idempotencyKey: `create-${sequence}` };
    const path = `/v1/api-keys/${keyId}/rotate`;
    yield { path, json: { grace_period_seconds: 600 }, idempotencyKey: `rotate-${sequence}` };
  }
}

/**
 * Sends writes to a process, and kills it once it has acknowledged so many, in the middle of others.
 *
 * @returns all that were sent
 */
async function writeAndKill(
  api: ApiProcess,
  toRotate: readonly string[],
  afterAcknowledged: number,
): Promise<Write[]> {
  const sent: Write[] = [];
  let acknowledged = 0;
  const source = writes(toRotate);
  const work = async (): Promise<void> => {
    for (const write of source) {
      sent.push(write);
      const answer = await send(api, write).catch(() => undefined);
      if (answer === undefined) return;
      if (answer.status !== 201) continue;
      write.acknowledged = answer.body;
      if (++acknowledged === afterAcknowledged) void api.kill();
    }
  };
  // Each takes the next of the same list.
  await Promise.all(Array.from({ length: PARALLEL }, work));
  return sent;
}

/** Sends it again, elsewhere; while the dead one's transaction is not given up yet it is in flight. */
async function repeat(write: Write): Promise<Reading> {
  let answer = await send(installation.first, write);
  await until('the request is no longer in flight', NOTICE, async () => {
    if (answer.status === 409) answer = await send(installation.first, write);
    return answer.status !== 409;
  });
  return answer;
}

async function expectGetsIn(key: string): Promise<void> {
  const { token } = credentialsOf(key, accountId);
  for (const credential of [key, token]) {
    const { status } = await installation.first.request('GET', '/v1/me', { credential });
    expect(status).toBe(200);
  }
}

async function expectSame(write: Write, again: Reading): Promise<void> {
  const { acknowledged } = write;
  if (acknowledged === undefined) return;
  const { key, ...shown } = acknowledged;
  installation.keys.add(key as string);
  expect(again.headers.get('idempotency-replayed')).toBe('true');
  expect(again.body).toEqual(shown);
  await expectGetsIn(key as string);
}

/** What a crash could leave of a change that is there in part. */
const HALVES = {
  'a key without its event': `SELECT id FROM auth_api_keys k WHERE NOT EXISTS
    (SELECT FROM auth_audit_events e WHERE e.target ->> 'id' IN (k.id, k.rotated_from)
      AND e.action IN ('api_key.created', 'api_key.rotated'))`,
  'an event without its key': `SELECT target FROM auth_audit_events e
    WHERE action = 'api_key.created' AND NOT EXISTS
      (SELECT FROM auth_api_keys k WHERE k.id = e.target ->> 'id')`,
  'a successor that its predecessor does not know': `SELECT s.id FROM auth_api_keys s
    JOIN auth_api_keys p ON p.id = s.rotated_from WHERE p.rotated_to IS DISTINCT FROM s.id`,
  'a predecessor whose successor is not there': `SELECT p.id FROM auth_api_keys p
    WHERE p.rotated_to IS NOT NULL AND NOT EXISTS
      (SELECT FROM auth_api_keys s WHERE s.id = p.rotated_to AND s.rotated_from = p.id)`,
  'a key made twice': `SELECT name FROM auth_api_keys WHERE name LIKE 'Write %'
    GROUP BY name HAVING count(*) > 1`,
};

describe('a replica that is killed while it makes and rotates keys', () => {
  it.each([1, 12, 40])(
    'after %d of them leaves what it acknowledged, nothing in part, and all can be sent again',
    async (count) => {
      const made = Array.from({ length: TO_ROTATE }, () =>
        installation.makeKey({ account_id: accountId }),
      );
      const toRotate = (await Promise.all(made)).map(({ keyId }) => keyId);
      const replica = await installation.add();
      const sent = await writeAndKill(replica, toRotate, count);
      await replica.kill();
      expect(sent.some(({ acknowledged }) => acknowledged !== undefined)).toBe(true);
      expect(sent.some(({ acknowledged }) => acknowledged === undefined)).toBe(true);
      for (const write of sent) {
        const again = await repeat(write);
        expect([write.idempotencyKey, again.status]).toEqual([write.idempotencyKey, 201]);
        await expectSame(write, again);
      }
      for (const [half, query] of Object.entries(HALVES))
        expect(await database.query(query), half).toEqual([]);
    },
  );
});
