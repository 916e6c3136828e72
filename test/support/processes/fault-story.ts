import { expect } from 'vitest';
import type { ApiProcess } from './api-process.js';
import type { Credentials } from './credentials.js';
import type { Installation } from './installation.js';
import { pause, until } from './pause.js';
import { ANSWER_BOUND, failingUntil, faultsIn, memoryOf, RECOVERY_BOUND } from './soundness.js';
import { SteadyLoad, type LoadedAnswer } from './steady-load.js';

/** Milliseconds. */
const BEFORE = 1000;
const MEANWHILE = 3500;

/** Milliseconds: longer than a request waits that is to fail. */
const CALM = 2500;

/** Milliseconds for which a credential counts from its load, without the database. */
export const REMEMBERED = 10_000;

/** Keys that each story has at hand for requests by keys that no process has seen. */
const UNUSED = 80;

/** Bytes: what a process may hold more after a fault. Its heap breathes by tens of megabytes. */
const MEMORY_ROOM = 100 * 2 ** 20;

/** Connections of one process: its pool, and one that listens. */
const MOST_CONNECTIONS = 21;

/** Something that happens to a database, and what is expected meanwhile. */
export interface Fault {
  /** Begins it. */
  readonly begin: () => Promise<unknown>;
  /** Ends it; once this resolves the database is well. */
  readonly end: () => Promise<unknown>;
  /** Milliseconds between the two. */
  readonly lasts?: number;
  /** Whether credentials that are not remembered cannot be checked meanwhile; else every answer is 200. */
  readonly isOutage: boolean;
  /** Milliseconds within which each request is answered. */
  readonly bound?: number;
}

/**
 * Lets a fault happen under steady load by key and JWT: no good credential is ever refused, every answer comes in time,
 * what cannot be checked is 503 with `Retry-After`, and soon after the fault's end all is well, without a restart.
 */
export async function survive(
  installation: Installation,
  api: ApiProcess,
  { begin, end, lasts = MEANWHILE, isOutage, bound = ANSWER_BOUND }: Fault,
): Promise<void> {
  const credentials = await installation.makeKey();
  const load = SteadyLoad.on(api, credentials, await installation.makeKeys(UNUSED));
  await pause(BEFORE);
  const before = await memoryOf(api);
  const began = performance.now();
  await begin();
  await pause(lasts);
  await end();
  const ended = performance.now();
  while (!load.isCalm(CALM) && performance.now() < ended + RECOVERY_BOUND + CALM) await pause(50);
  const answers = await load.stop();
  const during = answers.filter(({ sent }) => sent > began && sent < ended);
  expect(faultsIn(answers, bound)).toEqual([]);
  // A fault that nobody notices proves nothing; one that is none must go unnoticed.
  const isFelt = during.some(({ status }) => status === 503);
  expect(isFelt, 'some are answered with 503').toBe(isOutage);
  expect(failingUntil(answers, began)).toSatisfy((last) => last < 0 || isOutage);
  expect(faultsOfKnown(answers, began)).toEqual([]);
  expect(failingUntil(answers, ended)).toBeLessThan(RECOVERY_BOUND);
  expect((await memoryOf(api)) - before).toBeLessThan(MEMORY_ROOM);
  expect(await connectionsOf(installation)).toBeLessThanOrEqual(
    MOST_CONNECTIONS * installation.processes.length,
  );
}

/** What befell credentials that were loaded within the second before an outage, while that load still counts. */
function faultsOfKnown(answers: readonly LoadedAnswer[], began: number): LoadedAnswer[] {
  const counts = began - BEFORE + REMEMBERED;
  return answers.filter(
    ({ way, status, sent, took }) => way !== 'new key' && status !== 200 && sent + took < counts,
  );
}

/** How many connections the processes hold. */
async function connectionsOf(installation: Installation): Promise<number> {
  const [row] = await installation.sql<{ count: number }>(
    `SELECT count(*)::int AS count FROM pg_stat_activity
      WHERE datname = current_database() AND application_name = 'clary-api'`,
  );
  return row?.count ?? -1;
}

/**
 * What was loaded just before an outage goes on counting until 10 s after its load, and then is 503.
 *
 * @param begin of an outage in which nothing can be checked
 */
export async function expectRemembered(
  api: ApiProcess,
  credentials: Credentials,
  begin: () => Promise<unknown>,
): Promise<void> {
  const loading = performance.now();
  for (const credential of [credentials.key, credentials.token])
    expect((await api.request('GET', '/v1/me', { credential })).status).toBe(200);
  const loaded = performance.now();
  await begin();
  const load = SteadyLoad.on(api, credentials);
  await until('it is forgotten', REMEMBERED * 2, () => performance.now() > loaded + REMEMBERED);
  await pause(BEFORE);
  const answers = await load.stop();
  const sentBy = (from: number, to: number): number[] => [
    ...new Set(answers.filter(({ sent }) => sent >= from && sent < to).map(({ status }) => status)),
  ];
  // The last half second may be judged after it.
  expect(sentBy(loading, loading + REMEMBERED - 500)).toEqual([200]);
  expect(sentBy(loaded + REMEMBERED, Infinity)).toEqual([503]);
}
