import { quantile } from '../statistics.js';

/** How long changes of one kind took to hold at every process, in milliseconds. */
export interface KindLags {
  readonly kind: string;
  /** One for each change: the latest of all processes, by key and by JWT. Infinity: it never held. */
  readonly lags: readonly number[];
}

/** The figures of one kind, in milliseconds. */
export interface LagSummary {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

/** Milliseconds: what is promised at p99 with the channel, and at most whatever becomes of it. */
export const PROMISE = { p99: 100, max: 10_000 } as const;

/** @throws RangeError without values */
export function summarize(lags: readonly number[]): LagSummary {
  const max = Math.max(...lags);
  // Between two infinite values there is no straight line.
  const part = (at: number): number => {
    const value = quantile(lags, at);
    return Number.isNaN(value) ? Infinity : value;
  };
  return { p50: part(0.5), p90: part(0.9), p99: part(0.99), max };
}

/**
 * What of the promise was broken; empty: nothing.
 *
 * @param hasChannel whether processes could hear of changes
 */
export function brokenPromises(kinds: readonly KindLags[], hasChannel: boolean): string[] {
  return kinds.flatMap(({ kind, lags }) => {
    const { p99, max } = summarize(lags);
    return [
      ...(hasChannel && p99 > PROMISE.p99 ? [`${kind}: p99 above ${PROMISE.p99} ms`] : []),
      ...(max > PROMISE.max ? [`${kind}: later than ${PROMISE.max} ms`] : []),
    ];
  });
}
