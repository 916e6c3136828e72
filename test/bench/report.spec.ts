import { describe, expect, it } from 'vitest';
import type { Measurement } from './measure.js';
import { formatReport } from './report.js';
import type { Load } from './statistics.js';

const load = (rate: number, serverBusy: number): Load => ({
  rate,
  cpu: (serverBusy / rate) * 1e6,
  serverBusy,
  generatorBusy: 0.5,
});

const measurement = (name: string, guardedBusy: number): Measurement => ({
  name,
  rounds: [
    {
      open: load(20_000, 0.99),
      guarded: load(10_000, guardedBusy),
      ratio: 0.5,
      cpuRatio: 0.4,
      addedCpu: 49.5,
    },
  ],
  fixedRate: 5000,
  latencies: [
    { open: { p50: 100, p90: 200, p99: 900 }, guarded: { p50: 150, p90: 400, p99: 2900 } },
  ],
});

const report = (...scenarios: Measurement[]): string =>
  formatReport({
    date: '2026-01-02T03:04:05.678Z',
    machine: {
      processor: 'Some CPU',
      cores: 2,
      memoryGiB: 8,
      platform: 'linux x64',
      node: 'v20.19.0',
      load: 0.12,
    },
    postgres: '18.4',
    rounds: 6,
    secondsPerSlice: 1,
    connections: 32,
    fixtures: { keys: 12_300, seconds: 4.56 },
    scenarios,
  });

describe('the report', () => {
  it('says when, on what and how', () => {
    const [when, machine, how, keys] = report(measurement('key', 0.99)).split('\n');
    expect(when).toBe('2026-01-02 03:04 UTC, Node v20.19.0, PostgreSQL 18.4');
    expect(machine).toBe('2 × Some CPU, 8 GiB, linux x64, load average 0.1 before the run');
    expect(how).toBe('6 rounds of open, guarded, guarded, open; 1 s a slice; 32 connections');
    expect(keys).toBe('12,300 keys issued in 4.6 s');
  });

  it('gives each scenario a row of throughput and one of latency, with their spread', () => {
    const rows = report(measurement('key', 0.99))
      .split('\n')
      .filter((line) => line.startsWith('key'))
      .map((line) => line.split(/ {2,}/));
    expect(rows).toEqual([
      [
        'key',
        '20,000',
        '10,000',
        '0.500 (0.500–0.500)',
        '0.400 (0.400–0.400)',
        '49.5 (49.5–49.5)',
        '99, 99',
        '50, 50',
      ],
      [
        'key',
        '5,000',
        '0.10 (0.10–0.10)',
        '0.05 (0.05–0.05)',
        '0.20 (0.20–0.20)',
        '2.00 (2.00–2.00)',
      ],
    ]);
  });

  it('marks a throughput that something else than the server limited', () => {
    const text = report(measurement('idle', 0.4), measurement('busy', 0.95));
    expect(text).toMatch(/^idle \* /m);
    expect(text).toMatch(/^busy {2,}/m);
    expect(text).toContain('* The server was not busy');
    expect(report(measurement('busy', 0.95))).not.toContain('*');
  });
});
