import type { Machine } from './machine.js';
import type { LatencyRound, Measurement, Percentiles } from './measure.js';
import { quantile, spreadOf, type Comparison, type Load, type Spread } from './statistics.js';
import { alignColumns } from './table.js';

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

const UNSATURATED =
  '* The server was not busy all the time: PostgreSQL, the generator or another program held it up. Believe the CPU.';

/** A server below this part of one core was held up by something else. */
const SATURATED = 0.85;

const THROUGHPUT = [
  'scenario',
  'open/s',
  'guarded/s',
  'guarded/open',
  'by CPU',
  'added CPU µs',
  'server busy %',
  'generator busy %',
];

const LATENCY = ['scenario', 'requests/s', 'open p50', 'added p50', 'added p90', 'added p99'];

/** The report as a person reads it on a terminal. */
export function formatReport(report: BenchReport): string {
  const { machine, fixtures, scenarios } = report;
  return [
    `${report.date.slice(0, 16).replace('T', ' ')} UTC, Node ${machine.node}, PostgreSQL ${report.postgres}`,
    `${machine.cores} × ${machine.processor}, ${machine.memoryGiB} GiB, ${machine.platform}, load average ${machine.load.toFixed(1)} before the run`,
    `${report.rounds} rounds of open, guarded, guarded, open; ${report.secondsPerSlice} s a slice; ${report.connections} connections`,
    `${integer(fixtures.keys)} keys issued in ${fixtures.seconds.toFixed(1)} s`,
    '',
    'As many requests as possible; CPU and busy time (100 % is one core) of a process: open, guarded',
    ...alignColumns([THROUGHPUT, ...scenarios.map(throughputRow)]),
    ...(scenarios.every(isSaturated) ? [] : [UNSATURATED]),
    '',
    'Latency in ms, both routes at one fixed rate: half of what the guarded one can do',
    ...alignColumns([LATENCY, ...scenarios.map(latencyRow)]),
    '',
    'Medians of the rounds (quartiles). CPU is that of the server process, without PostgreSQL.',
  ].join('\n');
}

function throughputRow(measurement: Measurement): string[] {
  const { name, rounds } = measurement;
  const median = (pick: (round: Comparison) => number): number => quantile(rounds.map(pick), 0.5);
  const busy = (pick: (load: Load) => number): string =>
    [median(({ open }) => pick(open)), median(({ guarded }) => pick(guarded))]
      .map((part) => (part * 100).toFixed(0))
      .join(', ');
  return [
    isSaturated(measurement) ? name : `${name} *`,
    integer(median(({ open }) => open.rate)),
    integer(median(({ guarded }) => guarded.rate)),
    withQuartiles(spreadOf(rounds.map(({ ratio }) => ratio)), 3),
    withQuartiles(spreadOf(rounds.map(({ cpuRatio }) => cpuRatio)), 3),
    withQuartiles(spreadOf(rounds.map(({ addedCpu }) => addedCpu)), 1),
    busy(({ serverBusy }) => serverBusy),
    busy(({ generatorBusy }) => generatorBusy),
  ];
}

function latencyRow({ name, fixedRate, latencies }: Measurement): string[] {
  return [
    name,
    integer(fixedRate),
    withQuartiles(spreadOf(latencies.map(({ open }) => open.p50 / 1000)), 2),
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
