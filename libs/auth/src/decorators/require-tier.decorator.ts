import type { CustomDecorator } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Tier } from '../auth-types.js';

/** Where the tier is kept, for whoever reads the rule of a route. */
export const REQUIRED_TIER = Reflector.createDecorator<Tier>();

/** The lowest tier that may call. On class and handler, the higher counts. */
export function RequireTier(tier: Tier): CustomDecorator {
  return REQUIRED_TIER(tier);
}
