import type { PermissionCatalogue } from '../permission.js';
import type { PermissionUsed } from './usage.repository.js';

/** What a key may do, and what of that it does. */
export interface PermissionsInUse {
  /** How far back was looked. */
  readonly since: Date;
  /** Grants as stored, wildcards included. */
  readonly granted: readonly string[];
  /** Names, in declared order, whether they are granted still or not. */
  readonly used: readonly PermissionUsed[];
  /** Names that are granted and were not used, in declared order. */
  readonly unused: readonly string[];
  /** The fewest names that grant all that was used and is granted; none is more than that. */
  readonly suggested: readonly string[];
}

/** Sets what was used against what is granted. Names that are no longer declared count for nothing. */
export function comparePermissions(
  granted: readonly string[],
  uses: readonly PermissionUsed[],
  catalogue: PermissionCatalogue,
): Omit<PermissionsInUse, 'since'> {
  const byName = new Map(uses.map((use) => [use.permission, use]));
  const reach = catalogue.expand(granted);
  return {
    granted,
    used: catalogue.names.flatMap((name) => byName.get(name) ?? []),
    unused: reach.filter((name) => !byName.has(name)),
    suggested: reach.filter((name) => byName.has(name)),
  };
}
