/**
 * Why an embedded PostgreSQL could not be had.
 *
 * - `invalid_options`: an option has a form that can never work.
 * - `unsupported_platform`: there are no binaries for this operating system and processor.
 * - `no_suitable_user`: the process is root and there is no other user to run PostgreSQL as, or the
 *   user has no account, which initdb insists on.
 * - `unusable_folder`: the folder is a file, is not writable, belongs to somebody else or holds
 *   something that is no database cluster. Nothing in it was changed.
 * - `unreachable_folder`: the unprivileged user cannot enter the folder, and no other may be used.
 * - `wrong_version`: the cluster was made by another major version of PostgreSQL.
 * - `already_running`: a live server runs on the folder.
 * - `start_failed`: PostgreSQL or initdb ended with an error; the message has its last log lines.
 */
export type EmbeddedPostgresErrorCode =
  | 'invalid_options'
  | 'unsupported_platform'
  | 'no_suitable_user'
  | 'unusable_folder'
  | 'unreachable_folder'
  | 'wrong_version'
  | 'already_running'
  | 'start_failed';

/** The one error this package throws. Its message is a sentence for an operator, without secrets. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';

  constructor(
    readonly code: EmbeddedPostgresErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The `code` of an error of Node ('ENOENT', 'EACCES', ...), or undefined for anything else. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** One line that says what went wrong, whatever was thrown. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Runs a step that touches the disk, and turns an error of the system into a sentence. */
export async function usingFolder<T>(folder: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    if (error instanceof EmbeddedPostgresError || systemCode(error) === undefined) throw error;
    const message = `The database folder ${folder} cannot be used: ${reasonOf(error)}.`;
    throw new EmbeddedPostgresError('unusable_folder', message, { cause: error });
  }
}
