/** How a check came out. */
export type Status = 'ok' | 'warning' | 'failed' | 'skipped';

/** What one check found. */
export interface Finding {
  readonly status: Status;
  /** What was found, for people; never a secret. */
  readonly message: string;
  /** What to do about it; null where nothing is to be done. */
  readonly remedy: string | null;
}

/** A finding under the name of its check. */
export interface NamedFinding extends Finding {
  readonly name: string;
}

/** All is as it should be. */
export const ok = (message: string): Finding => ({ status: 'ok', message, remedy: null });

/** The check could not, or need not, be made. */
export const skipped = (message: string): Finding => ({ status: 'skipped', message, remedy: null });

/** It works, and should be mended. */
export const warning = (message: string, remedy: string): Finding => ({
  status: 'warning',
  message,
  remedy,
});

/** It does not work, or is not safe. */
export const failed = (message: string, remedy: string): Finding => ({
  status: 'failed',
  message,
  remedy,
});
