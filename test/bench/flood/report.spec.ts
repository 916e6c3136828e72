import { describe, expect, it } from 'vitest';
import { describeFlood, type FloodReport } from './report.js';

const MB = 2 ** 20;
const memory = (megabytes: number) => ({ used: megabytes * MB, resident: 100 * MB });

const report = (change: Partial<FloodReport> = {}): FloodReport => ({
  keys: 1000,
  seconds: 2,
  failure: null,
  heap: { before: memory(20), peak: 90 * MB, after: memory(30) },
  good: [['a key', { requests: 3, latencies: [1, 2, 3], failures: [] }]],
  ...change,
});

describe('the report of a flood', () => {
  it('gives throughput, memory and what good callers met', () => {
    const { lines, beyond } = describeFlood(report());
    expect(lines[0]).toBe('1000 unknown keys in 2.0 s: 500 a second');
    expect(lines[1]).toBe('heap, MB: 20.0 before, 30.0 after; 90.0 at most, with garbage');
    expect(lines.at(-1)).toMatch(/^a key +3 +2\.0 +3\.0 +3\.0$/);
    expect(beyond).toEqual([]);
  });

  it.each<[string, Partial<FloodReport>]>([
    ['memory has grown', { heap: { before: memory(20), peak: 0, after: memory(71) } }],
    ['the flood was let in', { failure: 'GET /guarded answered 200' }],
    ['somebody was refused', { good: [['a', { requests: 1, latencies: [1], failures: ['401'] }]] }],
    ['somebody waited', { good: [['a', { requests: 1, latencies: [2001], failures: [] }]] }],
  ])('says that a bound was not kept when %s', (_, change) => {
    expect(describeFlood(report(change)).beyond).toHaveLength(1);
  });
});
