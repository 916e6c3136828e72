import type { Tier } from '../auth-types.js';
import { accumulate } from './accumulate.js';

/** Metadata key of the required tiers, a list. */
export const REQUIRED_TIERS = 'clary:required-tiers';

/** The lowest tier that may call. On class and handler, or several times on one, the highest counts. */
export function RequireTier(tier: Tier): ClassDecorator & MethodDecorator {
  return accumulate(REQUIRED_TIERS, [tier]);
}
