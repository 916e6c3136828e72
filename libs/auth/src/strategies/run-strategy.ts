import { UnavailableError } from '../auth.errors.js';
import { StoreUnavailableError } from '../api-keys/store-unavailable.error.js';
import type { Principal } from '../principal.js';
import { Refusal } from '../refusal.js';

/** What Passport adds to a strategy for one request (passport-strategy's augmented methods). */
interface Outcomes {
  success(user: unknown): void;
  fail(challenge?: unknown, status?: number): void;
  error(error: unknown): void;
  pass(): void;
}

/** A strategy as Passport runs it. */
export interface RunnableStrategy {
  authenticate(request: unknown, options?: unknown): void;
}

/**
 * Runs one strategy directly, as Passport would.
 *
 * @returns who the strategy found
 * @throws Refusal when it refuses, or does not decide
 * @throws whatever it reports as an error
 */
export function runStrategy(strategy: RunnableStrategy, request: unknown): Promise<Principal> {
  return new Promise((resolve, reject) => {
    const undecided = (): void => reject(new Refusal('strategy_undecided'));
    const outcomes: Outcomes = {
      success: (user) => resolve(user as Principal),
      fail: (challenge) => (challenge instanceof Refusal ? reject(challenge) : undecided()),
      error: reject,
      pass: undecided,
    };
    (Object.assign(Object.create(strategy), outcomes) as RunnableStrategy).authenticate(
      request,
      {},
    );
  });
}

/**
 * A running strategy whose `error` sorts what it is given: a refusal is Passport's `fail`, so that the next strategy
 * of a chain gets its turn; a store that cannot be asked answers 503; anything else stays an error.
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
    } else
      outcomes.error(
        thrown instanceof StoreUnavailableError ? new UnavailableError(thrown.cause) : thrown,
      );
  };
  return Object.assign(Object.create(running) as Strategy, { error });
}
