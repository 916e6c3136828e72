/** Thrown where work took longer than it may. */
export class TimeLimitError extends Error {
  override readonly name = 'TimeLimitError';
}

/**
 * The outcome of work, if it comes in time. The work goes on where it is not waited for, and what it then fails with is
 * nobody's concern. Where this process was held up, an outcome that is there already counts as in time.
 *
 * @param milliseconds that are waited
 * @param message of the error
 * @throws TimeLimitError
 */
export function withinLimit<Result>(
  milliseconds: number,
  work: PromiseLike<Result>,
  message: string,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(new TimeLimitError(message));
    // A round later: what was received meanwhile is read first.
    const timer = setTimeout(() => setImmediate(giveUp), milliseconds);
    Promise.resolve(work)
      .finally(() => clearTimeout(timer))
      .then(resolve, reject);
  });
}
