import { setTimeout } from 'node:timers/promises';

/** Waits, and keeps the process alive meanwhile. */
export async function pause(milliseconds: number): Promise<void> {
  await setTimeout(milliseconds);
}

/** Waits until the time is over or the signal says stop; does not keep the process alive. */
export async function idlePause(milliseconds: number, stop: AbortSignal): Promise<void> {
  await setTimeout(milliseconds, undefined, { ref: false, signal: stop }).catch(() => undefined);
}
