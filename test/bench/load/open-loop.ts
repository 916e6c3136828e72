import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Client, Target } from './target.js';

/** Milliseconds between two looks at the clock. */
const TICK = 0.05;

const NEVER = new Int32Array(new SharedArrayBuffer(4));

/**
 * Requests at a constant rate, sent when they are due whether or not earlier ones are answered. Each answer's time
 * counts from when its request was due, so that a server that stalls cannot hide the requests it kept waiting
 * (coordinated omission).
 *
 * @param rate requests per second
 * @param latencies receives each latency in microseconds
 * @throws Error for the first answer that is not the one expected
 */
export async function sendAtRate(
  client: Client,
  target: Target,
  { rate, seconds }: { readonly rate: number; readonly seconds: number },
  latencies: RecordableHistogram,
): Promise<void> {
  const total = Math.max(1, Math.round(rate * seconds));
  const failures: Error[] = [];
  let sent = 0;
  let answered = 0;
  const start = performance.now();
  while (answered < total) {
    const due = Math.min(total, Math.floor(((performance.now() - start) / 1000) * rate) + 1);
    for (; sent < due; sent += 1) {
      const dueAt = start + (sent / rate) * 1000;
      client.send(target, (error) => {
        answered += 1;
        if (error !== null) failures.push(error);
        latencies.record(Math.max(1, Math.round((performance.now() - dueAt) * 1000)));
      });
    }
    if (failures[0] !== undefined) throw failures[0];
    pause();
    await nextTurn();
  }
}

/** An empty histogram of microseconds, up to a minute. */
export function emptyHistogram(): RecordableHistogram {
  return createHistogram({ lowest: 1, highest: 60_000_000, figures: 3 });
}

/**
 * Sleeps for less than a timer can: a timer counts whole milliseconds, in which a fast server answers many requests,
 * and turning without a sleep would take a core from the database.
 */
function pause(): void {
  Atomics.wait(NEVER, 0, 0, TICK);
}
