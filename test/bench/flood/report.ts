import { quantile } from '../statistics.js';
import { alignColumns } from '../table.js';
import type { Experience } from './good-callers.js';

/** Bytes of the heap that may be in use after the flood and were not before. */
const MAX_GROWTH = 50 * 2 ** 20;

/** Milliseconds within which 99 of 100 requests of good callers are answered. */
const MAX_LATENCY = 2000;

/** Memory of the server, in bytes. */
export interface Heap {
  readonly before: { readonly used: number; readonly resident: number };
  /** With garbage. */
  readonly peak: number;
  readonly after: { readonly used: number; readonly resident: number };
}

/** What a flood did. */
export interface FloodReport {
  readonly keys: number;
  readonly seconds: number;
  /** What was answered to the flood instead of 401; null where nothing was. */
  readonly failure: string | null;
  readonly heap: Heap;
  /** By kind of caller. */
  readonly good: readonly (readonly [string, Experience])[];
}

/** The figures as lines, and a sentence for each bound that was not kept. */
export function describeFlood(report: FloodReport): { lines: string[]; beyond: string[] } {
  const { keys, seconds, heap, good } = report;
  const table = alignColumns([
    ['good callers meanwhile, ms', 'requests', 'median', 'p99', 'longest'],
    ...good.map(([name, { requests, latencies }]) => [
      name,
      String(requests),
      ...[0.5, 0.99, 1].map((part) => quantile(latencies, part).toFixed(1)),
    ]),
  ]);
  const { before, peak, after } = heap;
  return {
    lines: [
      `${keys} unknown keys in ${seconds.toFixed(1)} s: ${(keys / seconds).toFixed(0)} a second`,
      `heap, MB: ${megabytes(before.used)} before, ${megabytes(after.used)} after; ${megabytes(peak)} at most, with garbage`,
      `process, MB: ${megabytes(before.resident)} before, ${megabytes(after.resident)} after`,
      '',
      ...table,
    ],
    beyond: boundsNotKept(report),
  };
}

function boundsNotKept({ failure, heap: { before, after }, good }: FloodReport): string[] {
  const growth = after.used - before.used;
  return [
    ...(failure === null ? [] : [`The flood was not answered with 401 throughout: ${failure}`]),
    ...(growth > MAX_GROWTH ? [`The heap has grown by ${megabytes(growth)} MB`] : []),
    ...good.flatMap(([name, { latencies, failures }]) => [
      ...failures.map((failure) => `${name}: ${failure}`),
      ...(quantile(latencies, 0.99) > MAX_LATENCY ? [`${name}: answered too late`] : []),
    ]),
  ];
}

function megabytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}
