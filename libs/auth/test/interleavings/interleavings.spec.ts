import fc, { type Scheduler } from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ADDRESSES, issued } from './states.js';
import { PLOTS, take, type Focus, type Step } from './steps.js';
import { World } from './world.js';

const RUNS = Number(process.env['MODEL_RUNS'] ?? 800);
const SEED = Number(process.env['MODEL_SEED'] ?? 20261124);

/** Everything that can go on at this moment does. */
const flush = (): Promise<void> => new Promise((done) => setImmediate(done));

async function runOut(scheduler: Scheduler): Promise<void> {
  await flush();
  while (scheduler.count() > 0) {
    await scheduler.waitNext(1);
    await flush();
  }
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
});

afterEach(() => {
  vi.useRealTimers();
});

const WAYS = ['key', 'named', 'unnamed'] as const;

it.each(PLOTS)(
  '%s, no interleaving of requests, changes, notices and outages puts back what was taken away or refuses who is good',
  async (_, plotted, steps) => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        plotted,
        fc.array(steps, { minLength: 4, maxLength: 40, size: 'max' }),
        explore,
      ),
      { numRuns: RUNS, seed: SEED },
    );
  },
  120_000,
);

async function explore(scheduler: Scheduler, about: Focus, steps: readonly Step[]): Promise<void> {
  const world = new World(scheduler, about.channel);
  const main = scheduler.scheduleSequence(
    steps.map((taken) => ({
      label: JSON.stringify(taken),
      builder: () => {
        take(world, about, taken);
        return Promise.resolve();
      },
    })),
  );
  await runOut(scheduler);
  expect((await main.task).done).toBe(true);
  // Whatever happened, once all is well and everybody was told, everybody is answered by what is so.
  world.isAway = false;
  world.mendChannel();
  // What hangs is given up, and then the pause ends that follows.
  for (let time = 0; time < 2; time += 1) {
    world.wait(2000);
    await flush();
  }
  await world.findBack();
  const before = world.answered.length;
  for (const way of WAYS)
    for (const at of issued.keys()) void world.request(way, at, ADDRESSES[0], true);
  await runOut(scheduler);
  const last = world.answered.slice(before).map(({ answer }) => answer);
  expect(last).toHaveLength(WAYS.length * issued.length);
  expect(last).not.toContain('unavailable');
  expect(world.violations()).toEqual([]);
  expect(world.leftovers()).toEqual({ inMaps: 0, waiting: 0, timers: 0 });
}
