import type { RecordableHistogram } from 'node:perf_hooks';
import type { CredentialSource } from './load/credentials.js';
import { saturate } from './load/closed-loop.js';
import { emptyHistogram, sendAtRate } from './load/open-loop.js';
import type { Client, Target } from './load/target.js';
import type { Scenario } from './scenarios/scenario.js';
import type { BenchServer } from './server/server.js';
import { compare, quantile, type Comparison, type Slice } from './statistics.js';

/** The routes of one round, ordered so that a steady drift weighs on both alike. */
const ROUND: readonly Slice['route'][] = ['open', 'guarded', 'guarded', 'open'];

/** Seconds of load on each route before anything counts. */
const WARM_UP = 2;

/** The part of the guarded route's capacity at which latency is measured. */
const FIXED_RATE = 0.5;

/** More credentials than the last slice used, in case that the next is faster. */
const SPARE = 1.3;

/** Microseconds. */
export interface Percentiles {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
}

/** Latencies of one round, in microseconds. */
export interface LatencyRound {
  readonly open: Percentiles;
  readonly guarded: Percentiles;
}

/** All that was measured of a scenario. */
export interface Measurement {
  readonly name: string;
  readonly rounds: readonly Comparison[];
  /** Requests per second of the latency rounds. */
  readonly fixedRate: number;
  readonly latencies: readonly LatencyRound[];
}

/** What a measurement needs. */
export interface Bench {
  readonly server: BenchServer;
  readonly client: Client;
  readonly rounds: number;
  /** Length of a slice. */
  readonly seconds: number;
  /** Ends the run between two slices. */
  readonly signal: AbortSignal;
  /** Told of each step. */
  readonly progress: (message: string) => void;
}

/**
 * Measures one scenario.
 *
 * @throws Error when any answer is not the expected one
 */
export function measure(
  bench: Bench,
  scenario: Scenario,
  credentials: CredentialSource,
): Promise<Measurement> {
  return new ScenarioRun(bench, scenario, credentials).run();
}

class ScenarioRun {
  private readonly targets: Readonly<Record<Slice['route'], Target>>;
  private readonly lastCount = { open: 0, guarded: 0 };

  constructor(
    private readonly bench: Bench,
    private readonly scenario: Scenario,
    private readonly credentials: CredentialSource,
  ) {
    const { path, expectedStatus } = scenario;
    this.targets = {
      open: { path: '/open', expectedStatus: 200, credentials },
      guarded: { path, expectedStatus, credentials },
    };
  }

  async run(): Promise<Measurement> {
    const { progress, rounds } = this.bench;
    const { name } = this.scenario;
    await this.assertSameAnswer();
    progress(`${name}: warm-up`);
    await this.saturate('open', WARM_UP);
    await this.saturate('guarded', WARM_UP);
    const comparisons: Comparison[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      progress(`${name}: throughput, round ${round} of ${rounds}`);
      comparisons.push(await this.throughputRound());
    }
    const capacity = quantile(
      comparisons.map(({ guarded }) => guarded.rate),
      0.5,
    );
    const fixedRate = Math.round(capacity * FIXED_RATE);
    const latencies: LatencyRound[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      progress(`${name}: latency at ${fixedRate}/s, round ${round} of ${rounds}`);
      latencies.push(await this.latencyRound(fixedRate));
    }
    return { name, rounds: comparisons, fixedRate, latencies };
  }

  /** A guarded route that does other work than the open one would make the comparison void. */
  private async assertSameAnswer(): Promise<void> {
    const { client } = this.bench;
    const open = await client.read(this.targets.open);
    const guarded = await client.read(this.targets.guarded);
    if (this.scenario.expectedStatus === 200 && open !== guarded)
      throw new Error(`${this.scenario.path} and /open answer different bodies`);
  }

  private async throughputRound(): Promise<Comparison> {
    const slices: Slice[] = [];
    for (const route of ROUND) slices.push(await this.saturate(route, this.bench.seconds));
    return compare(slices);
  }

  private async saturate(route: Slice['route'], seconds: number): Promise<Slice> {
    const { server, client, signal } = this.bench;
    signal.throwIfAborted();
    this.credentials.prepare(Math.ceil(this.lastCount[route] * SPARE));
    const serverStart = await server.cpu();
    const generatorStart = process.cpuUsage();
    const done = await saturate(client, this.targets[route], seconds);
    const { user, system } = process.cpuUsage(generatorStart);
    const serverCpu = (await server.cpu()) - serverStart;
    this.lastCount[route] = done.requests;
    return { route, ...done, serverCpu, generatorCpu: user + system };
  }

  private async latencyRound(rate: number): Promise<LatencyRound> {
    const { client, seconds, signal } = this.bench;
    const latencies = { open: emptyHistogram(), guarded: emptyHistogram() };
    for (const route of ROUND) {
      signal.throwIfAborted();
      this.credentials.prepare(Math.ceil(rate * seconds));
      await sendAtRate(client, this.targets[route], { rate, seconds }, latencies[route]);
    }
    return { open: percentilesOf(latencies.open), guarded: percentilesOf(latencies.guarded) };
  }
}

function percentilesOf(histogram: RecordableHistogram): Percentiles {
  return {
    p50: histogram.percentile(50),
    p90: histogram.percentile(90),
    p99: histogram.percentile(99),
  };
}
