/** Errors that are a sentence for the operator; others are faults of ours and come with their stack. */
const EXPLAINED = ['ConfigError', 'EmbeddedPostgresError', 'WrongMasterKeyError'];

/** An error as one text for the operator. */
export function explainError(error: unknown): string {
  const { name, message, code, stack } = error as NodeJS.ErrnoException;
  if (EXPLAINED.includes(name)) return message;
  return code === undefined ? (stack ?? message) : `${message} (${code})`;
}
