import { RequirePermission, RequireTier, type Permission, type Tier } from '@clary/nestjs-auth';

/** Nothing runs here: it compiles only while a misspelt tier or permission does not. */
export const tier: Tier = 'business';
export const permission: Permission = 'invoices:read';

// @ts-expect-error no tier of that name
export const wrongTier: Tier = 'busines';
// @ts-expect-error no permission of that name
export const wrongPermission: Permission = 'invoices:raed';

export class Routes {
  @RequireTier('starter')
  @RequirePermission('invoices:read', 'admin')
  right(): void {}

  // @ts-expect-error no tier of that name
  @RequireTier('starte')
  wrongTier(): void {}

  // @ts-expect-error no permission of that name
  @RequirePermission('invoice:read')
  wrongPermission(): void {}
}
