import { describe, expect, it } from 'vitest';
import { brokenPromises, summarize } from './lags.js';

const hundred = (lag: number, ...others: readonly number[]): number[] => [
  ...Array<number>(100 - others.length).fill(lag),
  ...others,
];

describe('the lags of one kind', () => {
  it('are told by their quantiles and the greatest', () => {
    const lags = Array.from({ length: 101 }, (_, index) => index);
    expect(summarize(lags)).toEqual({ p50: 50, p90: 90, p99: 99, max: 100 });
  });

  it('are infinite where changes never held', () => {
    expect(summarize([Infinity, Infinity, 1])).toMatchObject({ p50: Infinity, max: Infinity });
  });
});

describe('the promise', () => {
  it('is kept up to 100 ms at p99, and up to 10 s at most', () => {
    expect(brokenPromises([{ kind: 'x', lags: hundred(100) }], true)).toEqual([]);
    expect(brokenPromises([{ kind: 'x', lags: hundred(10_000) }], false)).toEqual([]);
  });

  it('is broken by one change that is later than 10 s, channel or not', () => {
    const kinds = [{ kind: 'x', lags: hundred(1, 10_001) }];
    expect(brokenPromises(kinds, false)).toEqual(['x: later than 10000 ms']);
  });

  it('is broken by the slowest hundredth, where there is a channel', () => {
    const kinds = [{ kind: 'x', lags: hundred(1, 101, 102) }];
    expect(brokenPromises(kinds, true)).toEqual(['x: p99 above 100 ms']);
    expect(brokenPromises(kinds, false)).toEqual([]);
  });
});
