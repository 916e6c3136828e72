/** Thrown where a command cannot do what was asked: the sentence says why, and what to do. Exit code 1. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/** Thrown where a command was called wrongly. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
