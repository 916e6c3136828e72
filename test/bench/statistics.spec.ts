import { describe, expect, it } from 'vitest';
import { compare, quantile, spreadOf, type Slice } from './statistics.js';

const slice = (route: Slice['route'], requests: number, more: Partial<Slice> = {}): Slice => ({
  route,
  requests,
  seconds: 1,
  serverCpu: 1_000_000,
  generatorCpu: 500_000,
  ...more,
});

describe('quantiles', () => {
  it('of an odd number of values are values, whatever their order', () => {
    expect(spreadOf([5, 1, 4, 2, 3])).toEqual({ median: 3, lowerQuartile: 2, upperQuartile: 4 });
  });

  it('lie between two values by straight line', () => {
    expect(spreadOf([10, 20])).toEqual({ median: 15, lowerQuartile: 12.5, upperQuartile: 17.5 });
    expect(quantile([0, 10, 20, 30], 0.9)).toBeCloseTo(27);
  });

  it('of one value are that value', () => {
    expect(quantile([7], 0.25)).toBe(7);
  });

  it('sort by number, not by text', () => {
    expect(quantile([10, 9, 100], 0.5)).toBe(10);
  });

  it('leave the given values in their order', () => {
    const values = [3, 1, 2];
    quantile(values, 0.5);
    expect(values).toEqual([3, 1, 2]);
  });

  it('of nothing are an error, not a NaN in a report', () => {
    expect(() => quantile([], 0.5)).toThrow(RangeError);
  });
});

describe('a round', () => {
  it('compares throughput and CPU per request', () => {
    const { ratio, addedCpu, open, guarded } = compare([
      slice('open', 20_000),
      slice('guarded', 8_000),
      slice('guarded', 12_000),
      slice('open', 20_000),
    ]);
    expect(open).toEqual({ rate: 20_000, cpu: 50, serverBusy: 1, generatorBusy: 0.5 });
    expect(guarded.rate).toBe(10_000);
    expect(ratio).toBe(0.5);
    expect(addedCpu).toBe(50);
  });

  it('sees through a machine that slows down steadily', () => {
    const { ratio } = compare([
      slice('open', 400),
      slice('guarded', 150),
      slice('guarded', 100),
      slice('open', 100),
    ]);
    expect(ratio).toBe(0.5);
  });

  it('tells by CPU what a throughput that others limit does not show', () => {
    const { ratio, cpuRatio } = compare([
      slice('open', 1000, { serverCpu: 500_000 }),
      slice('guarded', 1000, { serverCpu: 1_000_000 }),
    ]);
    expect(ratio).toBe(1);
    expect(cpuRatio).toBe(0.5);
  });

  it('weighs slices by their length', () => {
    const { guarded } = compare([
      slice('open', 100),
      slice('guarded', 100, { seconds: 1 }),
      slice('guarded', 800, { seconds: 2 }),
    ]);
    expect(guarded.rate).toBe(300);
  });
});
