import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ApiProcess } from '../support/processes/api-process.js';
import { build } from '../support/processes/build.js';
import { mintToken } from '../support/processes/credentials.js';
import { Installation } from '../support/processes/installation.js';
import { MovedClock } from '../support/processes/moved-clock.js';
import { pause, until } from '../support/processes/pause.js';
import { faultsIn } from '../support/processes/soundness.js';
import { SteadyLoad } from '../support/processes/steady-load.js';
import { Wire } from '../support/processes/wire.js';
import { createScratchDatabase, type ScratchDatabase } from '../support/scratch-database.js';

const HOUR = 3600;

/** Milliseconds: the promise, whatever becomes of channel and clock. */
const PROMISED = 10_000;

let folder: string;
let database: ScratchDatabase;
let channel: Wire;
let installation: Installation;
let right: ApiProcess;
let wrong: ApiProcess;
let clock: MovedClock;

beforeAll(async () => {
  await build();
  folder = await mkdtemp(join(tmpdir(), 'clary-clock-'));
  database = await createScratchDatabase();
  channel = await Wire.to(database.url);
  installation = await Installation.start(2, database.url, {
    variables: { DATABASE_LISTEN_URL: channel.url, ...MovedClock.variables(folder) },
    nodeArguments: MovedClock.nodeArguments,
  });
  [right, wrong] = [installation.at(0), installation.at(1)];
  clock = MovedClock.of(wrong, folder);
}, 120_000);

afterEach(async () => {
  await clock.set(0);
});

afterAll(async () => {
  await installation.stop();
  await channel.cut();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

const statusAt = async (api: ApiProcess, credential: string): Promise<number> =>
  (await api.request('GET', '/v1/me', { credential })).status;

describe('a process whose clock is moved', () => {
  it.each([20, -20])('by %d s refuses no good credential, known or not', async (seconds) => {
    const load = SteadyLoad.on(wrong, await installation.makeKey());
    await pause(1000);
    await clock.set(seconds);
    await pause(1000);
    await clock.set(0);
    await pause(1000);
    const answers = await load.stop();
    expect(faultsIn(answers)).toEqual([]);
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
  });

  it.each([HOUR, -HOUR])(
    'by %d s judges JWTs by it, keys as ever, and recovers',
    async (seconds) => {
      const { key, token } = await installation.makeKey();
      expect([await statusAt(wrong, key), await statusAt(wrong, token)]).toEqual([200, 200]);
      await clock.set(seconds);
      expect(await statusAt(wrong, key)).toBe(200);
      expect(await statusAt(wrong, mintToken(key, clock.now))).toBe(200);
      expect(await statusAt(wrong, mintToken(key))).toBe(401);
      await clock.set(0);
      expect(await statusAt(wrong, key)).toBe(200);
      expect(await statusAt(wrong, mintToken(key))).toBe(200);
    },
  );

  // An entry that counts until a time of day would count for another hour.
  it.each([-HOUR, -20, HOUR])(
    'by %d s holds a revocation within 10 s, though it hears nothing',
    async (seconds) => {
      const { key, keyId } = await installation.makeKey();
      await channel.cut();
      try {
        expect([await statusAt(right, key), await statusAt(wrong, key)]).toEqual([200, 200]);
        await clock.set(seconds);
        expect(await statusAt(wrong, key)).toBe(200);
        await installation.manage('DELETE', `/v1/api-keys/${keyId}`);
        await until('the revocation holds', PROMISED, async () =>
          [await statusAt(right, key), await statusAt(wrong, key)].every((each) => each === 401),
        );
      } finally {
        await channel.open();
      }
    },
  );
});
