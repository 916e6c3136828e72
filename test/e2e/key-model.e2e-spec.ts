import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Replicas } from '../support/replicas.js';
import { sequences } from '../support/key-model/arbitraries.js';
import { judgeAll, tally } from '../support/key-model/commands.js';
import { populate } from '../support/key-model/world.js';

const DEFAULT_SEED = 20261124;
const DEFAULT_RUNS = 16;

const SEED = Number(process.env['MODEL_SEED'] ?? DEFAULT_SEED);

/** About fifty commands each; `MODEL_RUNS` asks for more. A failure prints the seed and the path that repeat it. */
const RUNS = Number(process.env['MODEL_RUNS'] ?? DEFAULT_RUNS);

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
  // What never happens is not judged; a seed of one's own may miss some.
  if (SEED !== DEFAULT_SEED || RUNS < DEFAULT_RUNS) return;
  for (const usual of [
    'Create 201',
    'Create 409',
    'Patch 200',
    'Rotate 201',
    'Revoke 200',
    'Use 401',
  ])
    expect(tally.get(usual), usual).toBeGreaterThan(0);
}, 3_600_000);
