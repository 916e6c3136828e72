import type { CustomDecorator } from '@nestjs/common';
import { Reflector } from '@nestjs/core';

/** Where the declaration is kept, for whoever reads the rule of a route. */
export const REQUIRED_AUTHENTICATION = Reflector.createDecorator<boolean>();

/** Any valid credential will do. */
export function RequireAuthentication(): CustomDecorator {
  return REQUIRED_AUTHENTICATION(true);
}
