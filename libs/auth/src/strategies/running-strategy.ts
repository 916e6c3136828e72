import { UnavailableError } from '../auth.errors.js';
import { StoreUnavailableError } from '../api-keys/store-unavailable.error.js';
import { Refusal } from '../refusal.js';

/** What Passport adds to a strategy for one request (passport-strategy's augmented methods). */
interface Outcomes {
  fail(challenge?: unknown, status?: number): void;
  error(error: unknown): void;
}

/** A strategy as Passport runs it. */
export interface RunnableStrategy {
  authenticate(request: unknown, options?: unknown): void;
}

/** What went wrong as it is answered: a store that cannot be asked is 503, and anything else stays what it is. */
export function asAnswered(thrown: unknown): unknown {
  return thrown instanceof StoreUnavailableError ? new UnavailableError(thrown.cause) : thrown;
}

/**
 * A running strategy whose `error` sorts what it is given: a refusal is Passport's `fail`, so that the next strategy
 * of a chain gets its turn; an outage and anything else stay errors.
 *
 * @param onRefusal told of each refusal
 */
export function sortingErrors<Strategy extends object>(
  running: Strategy,
  onRefusal: (refusal: Refusal) => void,
): Strategy & Pick<Outcomes, 'error'> {
  const outcomes = running as Strategy & Outcomes;
  const error = (thrown: unknown): void => {
    if (thrown instanceof Refusal) {
      onRefusal(thrown);
      outcomes.fail(thrown, 401);
    } else outcomes.error(asAnswered(thrown));
  };
  return Object.assign(Object.create(running) as Strategy, { error });
}
