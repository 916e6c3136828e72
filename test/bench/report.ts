import type { Machine } from './machine.js';
import type { LatencyRound, Measurement, Percentiles } from './measure.js';
import { quantile, spreadOf, type Comparison, type Spread } from './statistics.js';

/** A whole run, as it is written to the JSON file. */
export interface BenchReport {
  /** ISO 8601. */
  readonly date: string;
  readonly machine: Machine;
  readonly postgres: string;
  readonly rounds: number;
  readonly secondsPerSlice: number;
  readonly connections: number;
  readonly fixtures: { readonly keys: number; readonly seconds: number };
  readonly scenarios: readonly Measurement[];
}

/** A server below this part of one core was held up by something else, mostly the database or the machine. */
const SATURATED = 0.85;

const HEADER = [
  'scenario',
  'open/s',
  'guarded/s',
  'guarded/open',
  'added CPU µs',
  'server busy',
  'generator busy',
  'at/s',
  'p50 ms',
  'p90 ms',
  'p99 ms',
];

/** The report as a person reads it on a terminal. */
export function formatReport(report: BenchReport): string {
  const { machine, fixtures, scenarios } = report;
  const rows = scenarios.map(rowOf);
  return [
    `${report.date.slice(0, 16).replace('T', ' ')} UTC, Node ${machine.node}, PostgreSQL ${report.postgres}`,
    `${machine.cores} × ${machine.processor}, ${machine.memoryGiB} GiB, ${machine.platform}`,
    `${report.rounds} rounds of open, guarded, guarded, open; ${report.secondsPerSlice} s a slice; ${report.connections} connections`,
    `${integer(fixtures.keys)} keys issued in ${fixtures.seconds.toFixed(1)} s`,
    '',
    ...alignColumns([HEADER, ...rows]),
    '',
    'Medians of the rounds, (quartiles). CPU is that of the server process, without PostgreSQL. Busy: open, guarded; 100 % is',
    'one core. The last columns: what the guard adds to each percentile of the latency, both routes at the same fixed rate.',
    ...(scenarios.some((scenario) => !isSaturated(scenario))
      ? ['* the server was waiting for something else: believe the CPU, not the throughput.']
      : []),
  ].join('\n');
}

function rowOf(measurement: Measurement): string[] {
  const { name, rounds, fixedRate, latencies } = measurement;
  const median = (pick: (round: Comparison) => number): number => quantile(rounds.map(pick), 0.5);
  const percent = (pick: (round: Comparison) => number): string => (median(pick) * 100).toFixed(0);
  return [
    isSaturated(measurement) ? name : `${name} *`,
    integer(median(({ open }) => open.rate)),
    integer(median(({ guarded }) => guarded.rate)),
    withQuartiles(spreadOf(rounds.map(({ ratio }) => ratio)), 3),
    withQuartiles(spreadOf(rounds.map(({ addedCpu }) => addedCpu)), 1),
    `${percent(({ open }) => open.serverBusy)}, ${percent(({ guarded }) => guarded.serverBusy)} %`,
    `${percent(({ open }) => open.generatorBusy)}, ${percent(({ guarded }) => guarded.generatorBusy)} %`,
    integer(fixedRate),
    addedLatency(latencies, 'p50'),
    addedLatency(latencies, 'p90'),
    addedLatency(latencies, 'p99'),
  ];
}

function isSaturated({ rounds }: Measurement): boolean {
  const busy = (pick: (round: Comparison) => number): boolean =>
    quantile(rounds.map(pick), 0.5) >= SATURATED;
  return busy(({ open }) => open.serverBusy) && busy(({ guarded }) => guarded.serverBusy);
}

function addedLatency(rounds: readonly LatencyRound[], percentile: keyof Percentiles): string {
  const added = rounds.map(({ open, guarded }) => (guarded[percentile] - open[percentile]) / 1000);
  return withQuartiles(spreadOf(added), 2);
}

function withQuartiles({ median, lowerQuartile, upperQuartile }: Spread, digits: number): string {
  return `${median.toFixed(digits)} (${lowerQuartile.toFixed(digits)}–${upperQuartile.toFixed(digits)})`;
}

function integer(value: number): string {
  return Math.round(value).toLocaleString('en');
}

/** The first column to the left, the others to the right. */
export function alignColumns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_cell, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  '),
  );
}
