import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findLeaks, secretsOfKey } from '../support/leak-scan.js';
import { build } from '../support/processes/build.js';
import { Installation } from '../support/processes/installation.js';
import { until } from '../support/processes/pause.js';
import { admitted, both, refused, type Kind } from '../support/revocation/change.js';
import { kinds } from '../support/revocation/kinds.js';
import { observe } from '../support/revocation/observe.js';
import { createScratchDatabase, type ScratchDatabase } from '../support/scratch-database.js';

/** Milliseconds. Far below what the time-to-live alone would give. */
const WITH_CHANNEL = 2000;

const CLOSELY = { interval: 25, settle: 200, limit: 12_000 };

let database: ScratchDatabase;
let installation: Installation;

beforeAll(async () => {
  await build();
  database = await createScratchDatabase();
  installation = await Installation.start(3, database.url);
}, 120_000);

afterAll(async () => {
  const logs = installation.processes.flatMap(({ log }) => log);
  const secrets = [...installation.keys].flatMap(secretsOfKey);
  const texts = logs.map((text, index) => ({ from: `line ${index} of the logs`, text }));
  await installation.stop();
  await database.drop();
  expect(findLeaks(secrets, texts)).toEqual([]);
});

/** Milliseconds until a change counted at every process, for key and JWT. */
async function lagOf(kind: Kind): Promise<number> {
  const lags = await observe(installation, kind, CLOSELY);
  return Math.max(...lags.map(({ heldFrom }) => heldFrom));
}

describe('a change of which three processes know the state before', () => {
  it.each(kinds)('holds at all of them within 2 s: $name', async (kind) => {
    expect(await lagOf(kind)).toBeLessThanOrEqual(WITH_CHANNEL);
  });
});

/** As by an operator who puts back what was saved. */
const emptied: Kind = {
  name: 'SQL: TRUNCATE of the keys',
  prepare: async (clary) => {
    const credentials = await clary.makeKey();
    await clary.sql('CREATE TABLE saved AS SELECT * FROM auth_api_keys');
    const make = () => clary.sql('TRUNCATE auth_api_keys');
    return { credentials, before: admitted, after: both(refused), make };
  },
};

const emptiedByItsAccounts: Kind = {
  name: 'SQL: TRUNCATE of the accounts',
  prepare: async (clary) => {
    const credentials = await clary.makeKey();
    const make = () => clary.sql('TRUNCATE auth_accounts CASCADE');
    return { credentials, before: admitted, after: both(refused), make };
  },
};

// Last: nobody is left after it.
describe('tables emptied by hand', () => {
  it('of keys: none is admitted, at any process, until they are put back', async () => {
    expect(await lagOf(emptied)).toBeLessThanOrEqual(WITH_CHANNEL);
    await installation.sql('INSERT INTO auth_api_keys SELECT * FROM saved');
    const isBack = async (): Promise<boolean> => {
      const asked = installation.processes.map((api) =>
        api.request('GET', '/v1/me', { credential: installation.adminKey }),
      );
      return (await Promise.all(asked)).every(({ status }) => status === 200);
    };
    await until('the keys are back everywhere', WITH_CHANNEL, isBack);
  });

  it('of accounts: none is admitted, at any process', async () => {
    expect(await lagOf(emptiedByItsAccounts)).toBeLessThanOrEqual(WITH_CHANNEL);
  });
});
