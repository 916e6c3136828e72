import { expect, it } from 'vitest';
import { oneAtATime } from './one-at-a-time.js';

it('work that is under way is not begun twice: all calls meanwhile are one more run after it', async () => {
  const ends: (() => void)[] = [];
  const run = oneAtATime(() => new Promise((done) => ends.push(done)));
  const calls = [run(), run(), run(), run()];
  expect(ends).toHaveLength(1);
  ends[0]?.();
  await calls[0];
  await new Promise(setImmediate);
  expect(ends).toHaveLength(2);
  ends[1]?.();
  await Promise.all(calls);
  expect(ends).toHaveLength(2);
});

it('work that failed is done again all the same', async () => {
  let runs = 0;
  const run = oneAtATime(() => {
    runs += 1;
    return runs === 1 ? Promise.reject(new Error('once')) : Promise.resolve();
  });
  const [first, second] = [run(), run()];
  await expect(first).rejects.toThrow('once');
  await second;
  expect(runs).toBe(2);
});
