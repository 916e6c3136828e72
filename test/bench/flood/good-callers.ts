import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, Target } from '../load/target.js';

/** Milliseconds between two requests of a good caller. */
const PACE = 20;

/** What a good caller met. */
export interface Experience {
  readonly requests: number;
  /** Milliseconds of each. */
  readonly latencies: readonly number[];
  /** What was answered or went wrong instead, once each. */
  readonly failures: readonly string[];
}

/** Calls at a steady pace, whether or not the last request is answered, until told to stop. */
export async function callSteadily(
  client: Client,
  target: Target,
  until: AbortSignal,
): Promise<Experience> {
  const latencies: number[] = [];
  const failures = new Set<string>();
  const pending: Promise<void>[] = [];
  while (!until.aborted) {
    const sent = performance.now();
    pending.push(
      new Promise((resolve) =>
        client.send(target, (error) => {
          latencies.push(performance.now() - sent);
          if (error !== null) failures.add(error.message);
          resolve();
        }),
      ),
    );
    await sleep(PACE);
  }
  await Promise.all(pending);
  return { requests: latencies.length, latencies, failures: [...failures] };
}
