import { StoreUnavailableError } from './store-unavailable.error.js';

/** Milliseconds that whoever has an answer waits for a newer one. */
const PATIENCE = 250;

/**
 * The newer answer, or the one that is there already where the store does not give a newer one soon, or not at all.
 *
 * @param newer goes on in the background where it is not waited for
 * @param usable what is there at that moment; undefined for nothing
 * @throws what `newer` rejects with, unless it is an outage and something is there
 */
export async function newerOrUsable<Answer>(
  newer: Promise<Answer>,
  usable: () => Answer | undefined,
): Promise<Answer> {
  if (usable() === undefined) return newer;
  const { promise: patience, end } = wait(PATIENCE);
  const inTime = newer.catch(unlessAway);
  // Nobody waits for it any more once patience has ended.
  inTime.catch(() => undefined);
  try {
    return (await Promise.race([inTime, patience])) ?? usable() ?? (await newer);
  } finally {
    end();
  }
}

function unlessAway(error: unknown): undefined {
  if (!(error instanceof StoreUnavailableError)) throw error;
}

function wait(milliseconds: number): {
  readonly promise: Promise<undefined>;
  readonly end: () => void;
} {
  let timer: NodeJS.Timeout | undefined;
  const promise = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), milliseconds);
  });
  return { promise, end: () => clearTimeout(timer) };
}
