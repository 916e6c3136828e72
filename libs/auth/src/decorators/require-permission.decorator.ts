import type { CustomDecorator } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Permission } from '../auth-types.js';

/** Where the permissions are kept, for whoever reads the rule of a route. */
export const REQUIRED_PERMISSIONS = Reflector.createDecorator<Permission[]>();

/** The permissions a caller needs, all of them. On class and handler, all of both. */
export function RequirePermission(...permissions: [Permission, ...Permission[]]): CustomDecorator {
  return REQUIRED_PERMISSIONS(permissions);
}
