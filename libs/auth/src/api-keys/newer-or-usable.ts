import { TimeLimitError, withinLimit } from '../time-limit.js';
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
  try {
    return await withinLimit(PATIENCE, newer, 'A newer answer takes its time');
  } catch (error) {
    const isAway = error instanceof StoreUnavailableError || error instanceof TimeLimitError;
    if (!isAway) throw error;
    return usable() ?? newer;
  }
}
