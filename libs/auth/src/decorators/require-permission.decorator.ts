import type { Permission } from '../auth-types.js';
import { accumulate } from './accumulate.js';

/** Metadata key of the required permissions, a list. */
export const REQUIRED_PERMISSIONS = 'clary:required-permissions';

/** The permissions a caller needs, all of them. On class and handler, or several times on one, all of all. */
export function RequirePermission(
  ...permissions: [Permission, ...Permission[]]
): ClassDecorator & MethodDecorator {
  return accumulate(REQUIRED_PERMISSIONS, permissions);
}
