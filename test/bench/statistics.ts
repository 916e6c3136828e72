/** A median with its quartiles: half of the values lie between them. */
export interface Spread {
  readonly median: number;
  readonly lowerQuartile: number;
  readonly upperQuartile: number;
}

/**
 * The value below which the given part of the values lies, between two values by straight line (type 7 of Hyndman and
 * Fan, as in R and NumPy).
 *
 * @param part 0 to 1
 * @throws RangeError without values
 */
export function quantile(values: readonly number[], part: number): number {
  if (values.length === 0) throw new RangeError('No values');
  const sorted = values.toSorted((a, b) => a - b);
  const position = (sorted.length - 1) * part;
  const below = sorted[Math.floor(position)] ?? NaN;
  const above = sorted[Math.ceil(position)] ?? NaN;
  return below + (above - below) * (position - Math.floor(position));
}

/** @throws RangeError without values */
export function spreadOf(values: readonly number[]): Spread {
  return {
    median: quantile(values, 0.5),
    lowerQuartile: quantile(values, 0.25),
    upperQuartile: quantile(values, 0.75),
  };
}

/** One stretch of load on one route. */
export interface Slice {
  readonly route: 'open' | 'guarded';
  readonly requests: number;
  readonly seconds: number;
  /** CPU time of the server's process, in microseconds. */
  readonly serverCpu: number;
  /** CPU time of the generator's process, in microseconds. */
  readonly generatorCpu: number;
}

/** Slices of one route taken together. */
export interface Load {
  /** Requests per second. */
  readonly rate: number;
  /** Microseconds of server CPU a request. */
  readonly cpu: number;
  /** Server CPU over time: 1 is one core. */
  readonly serverBusy: number;
  readonly generatorBusy: number;
}

/** What one round says. */
export interface Comparison {
  readonly open: Load;
  readonly guarded: Load;
  /** Guarded over open throughput. */
  readonly ratio: number;
  /** The same by server CPU a request: what the ratio is where nothing but the server's CPU is the limit. */
  readonly cpuRatio: number;
  /** Microseconds of server CPU that the guard adds to a request. */
  readonly addedCpu: number;
}

/** Compares the routes of one round; what drifts in one direction over a round cancels out. */
export function compare(slices: readonly Slice[]): Comparison {
  const open = loadOf(slices.filter(({ route }) => route === 'open'));
  const guarded = loadOf(slices.filter(({ route }) => route === 'guarded'));
  return {
    open,
    guarded,
    ratio: guarded.rate / open.rate,
    cpuRatio: open.cpu / guarded.cpu,
    addedCpu: guarded.cpu - open.cpu,
  };
}

function loadOf(slices: readonly Slice[]): Load {
  const sum = (member: Exclude<keyof Slice, 'route'>): number =>
    slices.reduce((total, slice) => total + slice[member], 0);
  const [requests, seconds, serverCpu] = [sum('requests'), sum('seconds'), sum('serverCpu')];
  return {
    rate: requests / seconds,
    cpu: serverCpu / requests,
    serverBusy: serverCpu / (seconds * 1e6),
    generatorBusy: sum('generatorCpu') / (seconds * 1e6),
  };
}
