import type { CustomDecorator } from '@nestjs/common';
import { Reflector } from '@nestjs/core';

/** Where the declaration is kept, for whoever reads the rule of a route. */
export const PUBLIC = Reflector.createDecorator<boolean>();

/** Opens a route, or a controller's routes, to everybody. The one way out of the guard. */
export function Public(): CustomDecorator {
  return PUBLIC(true);
}
