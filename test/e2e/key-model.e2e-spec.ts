import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Replicas } from '../support/replicas.js';
import { sequences } from '../support/key-model/arbitraries.js';
import { judgeAll, tally } from '../support/key-model/commands.js';
import { populate } from '../support/key-model/world.js';

const SEED = Number(process.env['MODEL_SEED'] ?? 20261124);

/** About fifty commands each; `MODEL_RUNS` asks for more. A failure prints the seed and the path that repeat it. */
const RUNS = Number(process.env['MODEL_RUNS'] ?? 10);

let replicas: Replicas;
beforeAll(async () => {
  replicas = await Replicas.start({ CLARY_TRUSTED_PROXIES: '127.0.0.0/8' });
});
afterAll(() => replicas.stop());

it('no sequence of calls gives a key more than its maker held, revives one, or reaches another account', async () => {
  const property = fc.asyncProperty(sequences(100), async (commands) => {
    const { model, world } = await populate(replicas);
    await fc.asyncModelRun(() => ({ model, real: world }), commands);
    await judgeAll(model, world);
  });
  await fc.assert(property, { seed: SEED, numRuns: RUNS });
  if (process.env['MODEL_REPORT'] !== undefined) console.log([...tally].sort());
  expect(tally.get('Create 201')).toBeGreaterThan(10);
}, 3_600_000);
