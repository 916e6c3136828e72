import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { build } from '../support/processes/build.js';
import { areChannels, whileNobodyListens } from '../support/processes/channel.js';
import { Installation } from '../support/processes/installation.js';
import { until } from '../support/processes/pause.js';
import { Wire } from '../support/processes/wire.js';
import type { Kind } from '../support/revocation/change.js';
import { kindsByApi } from '../support/revocation/kinds-by-api.js';
import { kindsBySql } from '../support/revocation/kinds-by-operator.js';
import { observe } from '../support/revocation/observe.js';
import { createScratchDatabase, type ScratchDatabase } from '../support/scratch-database.js';

/** By hand stands for every program that is none of the three processes. */
const kinds: readonly Kind[] = [...kindsByApi, ...kindsBySql];

/** Milliseconds. Far below what the time-to-live alone would give. */
const WITH_CHANNEL = 2000;

/** Milliseconds: the promise, whatever becomes of the channel. */
const PROMISED = 10_000;

/** Milliseconds in which a process finds its channel again. */
const RECOVERY = 5000;

const CLOSELY = { interval: 25, settle: 200, limit: PROMISED + 2000 };
/** All kinds at once. */
const FROM_AFAR = { ...CLOSELY, interval: 500, settle: 1000 };

let database: ScratchDatabase;
let channel: Wire;
let installation: Installation;

beforeAll(async () => {
  await build();
  database = await createScratchDatabase();
  channel = await Wire.to(database.url);
  const variables = { DATABASE_LISTEN_URL: channel.url };
  installation = await Installation.start(3, database.url, { variables });
}, 120_000);

afterAll(async () => {
  await installation.stop();
  await channel.cut();
  await database.drop();
});

/** Makes a change of every kind at the same time; gives those of which the old state was seen too late. */
async function tooLate(): Promise<string[]> {
  const late = kinds.map(async (kind) => {
    const lags = await observe(installation, kind, FROM_AFAR);
    const shown = Math.max(...lags.map(({ shownUntil }) => shownUntil));
    return shown > PROMISED ? [`${kind.name}: ${shown.toFixed(0)} ms`] : [];
  });
  return (await Promise.all(late)).flat();
}

/** The channel is well again, and carries a change. */
async function expectRecovered(): Promise<void> {
  await until('every channel is well again', RECOVERY, () => areChannels(installation, 'ok'));
  const [revocation] = kinds;
  if (revocation === undefined) throw new Error('There is no kind of change');
  const lags = await observe(installation, revocation, CLOSELY);
  expect(Math.max(...lags.map(({ heldFrom }) => heldFrom))).toBeLessThanOrEqual(WITH_CHANNEL);
}

describe('never later than 10 s a change of any kind holds', () => {
  it('while the connections that listen are ended again and again', async () => {
    const { ended, result } = await whileNobodyListens(installation, tooLate);
    expect(ended).toBeGreaterThan(3);
    expect(result).toEqual([]);
    await expectRecovered();
  }, 60_000);

  it('while they are cut and cannot be made again', async () => {
    expect(channel.connections).toBeGreaterThanOrEqual(3);
    await channel.cut();
    try {
      expect(await tooLate()).toEqual([]);
      expect(await areChannels(installation, 'degraded')).toBe(true);
    } finally {
      await channel.open();
    }
    await expectRecovered();
  }, 60_000);

  it('while nothing comes through them, though they stay', async () => {
    await channel.freeze(true);
    try {
      expect(await tooLate()).toEqual([]);
      expect(await areChannels(installation, 'degraded')).toBe(true);
    } finally {
      await channel.freeze(false);
    }
    await expectRecovered();
  }, 60_000);

  it('when they died without a word, and new ones get through', async () => {
    await channel.stall();
    expect(await tooLate()).toEqual([]);
    await expectRecovered();
  }, 60_000);
});
