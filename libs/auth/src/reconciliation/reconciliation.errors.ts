import type { Notice } from './plan-types.js';

/** Thrown for a desired state that cannot be applied; nothing of it was. */
export class InvalidDesiredStateError extends Error {
  override readonly name = 'InvalidDesiredStateError';

  /** @param problems everything that is wrong, at least one thing */
  constructor(readonly problems: readonly Notice[]) {
    super(problems.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));
  }
}
