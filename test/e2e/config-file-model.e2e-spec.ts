import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../support/api.js';
import { FileWorld, steps, type Step } from '../support/file-model.js';
import { OperatorFile } from '../support/operator-file.js';

const SEED = Number(process.env['MODEL_SEED'] ?? 20261124);

/** About fifteen steps each; `MODEL_RUNS` asks for more. */
const RUNS = Number(process.env['MODEL_RUNS'] ?? 20);

const file = new OperatorFile();
let api: TestApi;
let revision = 0;

beforeAll(async () => {
  file.write({ revision });
  api = await startTestApi({ variables: file.variables });
});
afterAll(async () => {
  await api.stop();
  file.remove();
});

it('any sequence of files and changes over the API ends where the rules say', async () => {
  const tally = new Map<string, number>();
  const property = fc.asyncProperty(steps, async (sequence: readonly Step[]) => {
    const world = await FileWorld.create(api, file, () => (revision += 1));
    for (const step of sequence) {
      await world.take(step);
      tally.set(step.kind, (tally.get(step.kind) ?? 0) + 1);
    }
    expect(await world.stored()).toEqual(world.expected());
  });
  await fc.assert(property, { seed: SEED, numRuns: RUNS });
  expect([...tally.keys()].sort()).toEqual([
    'disable',
    'file',
    'patch',
    'reload',
    'revoke',
    'rotate',
  ]);
}, 600_000);
