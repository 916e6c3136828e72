import type { ApiKey } from './api-key.entity.js';
import type { SettableMembers } from './check-api-key.js';

/** What is to change in a key; what is absent stays. */
export interface PatchApiKey extends SettableMembers {
  /** Switches the key on or off. */
  readonly status?: 'active' | 'disabled' | undefined;
}

/** Changes a key as asked. */
export function applyPatch(key: ApiKey, { status, ...members }: PatchApiKey, now: Date): void {
  Object.assign(key, members);
  if (status === 'active') key.disabledAt = null;
  if (status === 'disabled') key.disabledAt ??= now;
}

/** Whether a change makes a key usable for longer: it was disabled, or expired earlier. */
export function isRevival(
  before: Pick<ApiKey, 'disabledAt' | 'expiresAt'>,
  after: Pick<ApiKey, 'disabledAt' | 'expiresAt'>,
): boolean {
  const isEnabled = before.disabledAt !== null && after.disabledAt === null;
  return isEnabled || isProlonged(before.expiresAt, after.expiresAt);
}

/** Whether a key ends later than it did. */
export function isProlonged(before: Date | null, after: Date | null): boolean {
  return before !== null && (after === null || after > before);
}
