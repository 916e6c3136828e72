import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ChangeClock } from '../cache/change-clock.js';
import { Readings, type Reading } from '../cache/reading.js';
import { BatchLoader, type Loaded } from './batch-loader.js';
import { StoreGate } from './store-gate.js';
import { StoreUnavailableError } from './store-unavailable.error.js';

/** A query of which the test decides when it ends, and how. */
interface Query {
  readonly ids: readonly string[];
  readonly reading: Reading;
  readonly resolve: (values: ReadonlyMap<string, string>) => void;
  readonly reject: (error: unknown) => void;
}

let changes: ChangeClock;
let readings: Readings;
let queries: Query[];
let loader: BatchLoader<string>;

beforeEach(() => {
  vi.useFakeTimers();
  changes = new ChangeClock();
  readings = new Readings(changes);
  queries = [];
  loader = new BatchLoader(new StoreGate(), readings, (ids, reading) => {
    return new Promise((resolve, reject) => queries.push({ ids, reading, resolve, reject }));
  });
});

afterEach(() => {
  vi.useRealTimers();
});

const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);

/** The queries under way end; what they answer says which they were. */
async function answer(...ended: Query[]): Promise<void> {
  for (const query of ended)
    query.resolve(new Map(query.ids.map((id) => [id, `${id} of ${queries.indexOf(query)}`])));
  await settle();
}

/** The first failure is followed by another attempt of the gate. */
async function fail(query: Query): Promise<void> {
  const before = queries.length;
  query.reject(new Error('gone'));
  await settle();
  if (queries.length > before) queries.at(-1)?.reject(new Error('gone'));
  await settle();
}

const many = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, at) => `${prefix}${at}`);

const loadAll = (ids: readonly string[]): Promise<PromiseSettledResult<Loaded<string>>[]> =>
  Promise.allSettled(ids.map((id) => loader.load(id)));

/** What the loader keeps: those who wait, and those under way. */
const kept = (): number =>
  Object.values(loader)
    .filter((part) => part instanceof Map)
    .reduce((size, part) => size + part.size, 0);

describe('what is read by id', () => {
  it('is read by one query for a thousand who ask at once', async () => {
    const asking = Promise.all(many('', 1000).map(() => loader.load('a')));
    await answer(...queries);
    expect(queries).toHaveLength(1);
    const found = await asking;
    expect(new Set(found.map(({ value }) => value))).toEqual(new Set(['a of 0']));
    expect(kept()).toBe(0);
  });

  it('is nothing where there is nothing, and says when that was read', async () => {
    const asking = loader.load('a');
    queries[0]?.resolve(new Map());
    await expect(asking).resolves.toEqual({ value: undefined, reading: queries[0]?.reading });
  });

  it('is marked with the moment before the query, not after it', async () => {
    const asking = loader.load('a');
    changes.touch('a');
    vi.advanceTimersByTime(400);
    await answer(...queries);
    const { reading } = await asking;
    expect(reading).toMatchObject({ asOf: 0, at: performance.now() - 400 });
  });

  it('is read by two queries at a time, of 256 ids at most, in the order in which it was asked for', async () => {
    const ids = many('id_', 1000);
    const asking = loadAll(ids);
    await settle();
    expect(queries.map((query) => query.ids.length)).toEqual([1, 1]);
    await answer(...queries);
    expect(queries.slice(2).map((query) => query.ids.length)).toEqual([256, 256]);
    await answer(queries[2] as Query);
    expect(queries.slice(4).map((query) => query.ids.length)).toEqual([256]);
    await answer(queries[3] as Query, queries[4] as Query);
    expect(queries.slice(5).map((query) => query.ids.length)).toEqual([1000 - 2 - 3 * 256]);
    await answer(queries[5] as Query);
    expect(queries.flatMap((query) => query.ids)).toEqual(ids);
    expect((await asking).every(({ status }) => status === 'fulfilled')).toBe(true);
    expect(kept()).toBe(0);
  });

  it('joins the query under way, and reads again once that has ended', async () => {
    const one = loader.load('a');
    const two = loader.load('a');
    await answer(...queries);
    expect([await one, await two].map(({ value }) => value)).toEqual(['a of 0', 'a of 0']);
    const three = loader.load('a');
    await answer(queries[1] as Query);
    expect((await three).value).toBe('a of 1');
  });

  it.each([
    ['a change', () => changes.touch('anything')],
    ['a doubt', () => changes.doubt()],
    ['a change of everything', () => changes.touchAll()],
  ])('is after %s not what was read before it', async (_, tell) => {
    const before = loader.load('a');
    tell();
    const after = loader.load('a');
    expect(queries).toHaveLength(2);
    await answer(queries[1] as Query);
    expect((await after).value).toBe('a of 1');
    const joined = loader.load('a');
    expect(queries).toHaveLength(3);
    await answer(queries[0] as Query, queries[2] as Query);
    expect((await before).value).toBe('a of 0');
    expect((await joined).value).toBe('a of 2');
    expect(kept()).toBe(0);
  });

  it('joins the later query where an earlier one of the same id ends first', async () => {
    const first = loader.load('a');
    changes.touch('a');
    const second = loader.load('a');
    await answer(queries[0] as Query);
    const third = loader.load('a');
    await answer(queries[1] as Query);
    expect(queries).toHaveLength(2);
    expect((await Promise.all([first, second, third])).map(({ value }) => value)).toEqual([
      'a of 0',
      'a of 1',
      'a of 1',
    ]);
  });
});

describe('a failure', () => {
  it('reaches all who wait, those for the next query as well, and leaves nothing behind', async () => {
    const asking = loadAll(many('id_', 600));
    await fail(queries[0] as Query);
    await fail(queries[1] as Query);
    const outcomes = await asking;
    expect(outcomes).toHaveLength(600);
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected' });
      expect((outcome as PromiseRejectedResult).reason).toBeInstanceOf(StoreUnavailableError);
    }
    expect(kept()).toBe(0);
  });

  it('is told at once while the database is away, and all is well when it is back', async () => {
    const asking = loadAll(['a']);
    await fail(queries[0] as Query);
    await asking;
    const asked = queries.length;
    await expect(loader.load('b')).rejects.toThrow(StoreUnavailableError);
    expect(queries).toHaveLength(asked);
    await vi.advanceTimersByTimeAsync(250);
    const again = loader.load('b');
    await answer(queries.at(-1) as Query);
    await expect(again).resolves.toMatchObject({ value: `b of ${asked}` });
    expect(kept()).toBe(0);
  });

  it('is what a database that hangs comes to, and the query that ends at last does no harm', async () => {
    const asking = loadAll(['a', 'b', 'c']);
    await vi.advanceTimersByTimeAsync(1501);
    expect((await asking).map(({ status }) => status)).toEqual([
      'rejected',
      'rejected',
      'rejected',
    ]);
    expect(kept()).toBe(0);
    await vi.advanceTimersByTimeAsync(250);
    const again = loader.load('a');
    await answer(...queries);
    await expect(again).resolves.toMatchObject({ value: 'a of 2' });
    expect(kept()).toBe(0);
  });
});

describe('whatever happens', () => {
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.record({ load: fc.constantFrom('a', 'b', 'c') }) },
    { weight: 2, arbitrary: fc.record({ answer: fc.nat({ max: 3 }) }) },
    { weight: 1, arbitrary: fc.record({ fail: fc.nat({ max: 3 }) }) },
    { weight: 1, arbitrary: fc.record({ wait: fc.nat({ max: 2000 }) }) },
    { weight: 1, arbitrary: fc.constant({ change: true as const }) },
  );

  it('nobody hangs, nobody is given what was read before a change, and nothing is left', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        queries = [];
        const asked: { since: number; outcome: Promise<Loaded<string> | StoreUnavailableError> }[] =
          [];
        for (const taken of steps) {
          if ('load' in taken) {
            const outcome = loader
              .load(taken.load)
              .catch((error: unknown) => error as StoreUnavailableError);
            asked.push({ since: changes.now, outcome });
          } else if ('answer' in taken) queries[taken.answer]?.resolve(new Map([['a', 'value']]));
          else if ('fail' in taken) queries[taken.fail]?.reject(new Error('gone'));
          else if ('wait' in taken) await vi.advanceTimersByTimeAsync(taken.wait);
          else changes.touch('a');
          await settle();
        }
        await vi.advanceTimersByTimeAsync(10_000);
        for (const { since, outcome } of asked) {
          const loaded = await outcome;
          if (loaded instanceof Error) expect(loaded).toBeInstanceOf(StoreUnavailableError);
          else expect(loaded.reading.asOf).toBeGreaterThanOrEqual(since);
        }
        expect(kept()).toBe(0);
        expect(vi.getTimerCount()).toBe(0);
      }),
      { numRuns: 200 },
    );
  });
});
