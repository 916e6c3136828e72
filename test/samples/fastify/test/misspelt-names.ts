import { RequirePermission, RequireTier, type Permission, type Tier } from '@clary/nestjs-auth';

/** Nothing runs here: it compiles only while a misspelt tier or permission does not. */
export const tier: Tier = 'team';
export const permission: Permission = 'reports:read';

// @ts-expect-error no tier of that name
export const wrongTier: Tier = 'taem';
// @ts-expect-error no permission of that name
export const wrongPermission: Permission = 'reports:raed';

export class Routes {
  @RequireTier('free')
  @RequirePermission('reports:read', 'admin')
  right(): void {}

  // @ts-expect-error no tier of that name
  @RequireTier('fre')
  wrongTier(): void {}

  // @ts-expect-error no permission of that name
  @RequirePermission('report:read')
  wrongPermission(): void {}
}
