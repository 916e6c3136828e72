import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ApiProcess } from '../support/processes/api-process.js';
import { build } from '../support/processes/build.js';
import { Installation } from '../support/processes/installation.js';
import { OwnPostgres } from '../support/processes/own-postgres.js';
import { pause, until } from '../support/processes/pause.js';
import { ANSWER_BOUND, RECOVERY_BOUND } from '../support/processes/soundness.js';

/** Writes at a time. */
const PARALLEL = 4;

/** One write and its answer. */
interface Written {
  readonly name: string;
  /** 0: the connection broke. */
  readonly status: number;
  readonly took: number;
  readonly retryAfter: string | null;
}

let server: OwnPostgres;
let installation: Installation;
let api: ApiProcess;
let accountId: string;

beforeAll(async () => {
  await build();
  server = await OwnPostgres.start();
  installation = await Installation.start(1, server.url);
  api = installation.first;
  accountId = await installation.makeAccount();
}, 120_000);

afterEach(async () => {
  // What it said last tells why.
  expect(api.isOver ? api.log.slice(-20) : [], 'the process has ended').toEqual([]);
  await until('the process is well again', RECOVERY_BOUND, async () => {
    const { status } = await api.request('GET', '/health/ready');
    return status === 200;
  });
});

afterAll(async () => {
  await installation.stop();
  await server.remove();
});

let sequence = 0;

async function write(): Promise<Written> {
  const name = `Written ${++sequence}`;
  const sent = performance.now();
  const answer = await api
    .request('POST', '/v1/api-keys', {
      credential: installation.adminKey,
      json: { name, permissions: ['usage:read'], account_id: accountId },
      headers: { 'idempotency-key': name },
    })
    .catch(() => undefined);
  const took = performance.now() - sent;
  const retryAfter = answer?.headers.get('retry-after') ?? null;
  return { name, status: answer?.status ?? 0, took, retryAfter };
}

/** Makes keys while something happens, and for a moment before and afterwards. */
async function writesWhile(happening: () => Promise<unknown>): Promise<readonly Written[]> {
  const written: Written[] = [];
  let isOver = false;
  const work = async (): Promise<void> => {
    while (!isOver && !api.isOver) written.push(await write());
  };
  const working = Promise.all(Array.from({ length: PARALLEL }, work));
  await pause(300);
  await happening();
  await pause(300);
  isOver = true;
  await working;
  return written;
}

const END_ALL = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'clary-api'`;

async function endConnections(): Promise<void> {
  for (let times = 0; times < 20; times += 1) {
    await server.query(END_ALL);
    await pause(50);
  }
}

async function hang(): Promise<void> {
  await server.freeze();
  await pause(4000);
  await server.thaw();
}

describe('keys that are made while the database goes away', () => {
  it.each([
    ['because it is restarted', () => server.restart()],
    ['because connections are ended, in the middle of transactions', endConnections],
    ['because it hangs', hang],
  ])('%s, are there if acknowledged; all else is 503', async (_, happening) => {
    const written = await writesWhile(happening);
    const others = written.filter(({ status }) => status !== 201 && status !== 503);
    expect(others).toEqual([]);
    expect(new Set(written.map(({ status }) => status))).toEqual(new Set([201, 503]));
    const hasNoHint = ({ status, retryAfter }: Written): boolean =>
      status === 503 && !/^\d+$/.test(retryAfter ?? '');
    expect(written.filter(hasNoHint)).toEqual([]);
    const names = written.filter(({ status }) => status === 201).map(({ name }) => name);
    const rows = await server.query<{ name: string }>(
      'SELECT name FROM auth_api_keys WHERE name = ANY($1)',
      [names],
    );
    expect(rows.map(({ name }) => name).sort()).toEqual(names.sort());
    expect(written.filter(({ took }) => took > ANSWER_BOUND)).toEqual([]);
  });
});
