/** The channel on which the database tells of changes. */
export const CHANGES = 'auth_changes';

/**
 * Reads a notice of changes, as the triggers of the tables write it.
 *
 * @returns the names of what changed; null for everything, and for a notice of another form, which may mean anything
 */
export function readChanges(payload: string | undefined): readonly string[] | null {
  try {
    const names: unknown = JSON.parse(payload ?? '*');
    return Array.isArray(names) && names.every((name) => typeof name === 'string') ? names : null;
  } catch {
    return null;
  }
}
