import { RequirePermission, RequireTier, type Permission, type Tier } from '@clary/nestjs-auth';
import type { TestCaller } from '@clary/nestjs-auth/testing';
import '../../apps/api/src/auth-types.js';

/** Compiles only while a misspelt tier or permission does not. */
export const tier: Tier = 'standard';
export const permission: Permission = 'documents:read';

// @ts-expect-error no tier of that name
export const wrongTier: Tier = 'standart';
// @ts-expect-error no permission of that name
export const wrongPermission: Permission = 'documents:raed';

export class Routes {
  @RequireTier('lite')
  @RequirePermission('documents:read', 'admin')
  right(): void {}

  // @ts-expect-error no tier of that name
  @RequireTier('light')
  wrongTier(): void {}

  // @ts-expect-error no permission of that name
  @RequirePermission('documents:raed')
  wrongPermission(): void {}

  // @ts-expect-error a tier must be named
  @RequireTier()
  noTier(): void {}

  // @ts-expect-error a permission must be named
  @RequirePermission()
  noPermission(): void {}
}

export const caller: TestCaller = { tier: 'lite', permissions: ['documents:*', 'usage:read'] };

// @ts-expect-error a test cannot sign in with a permission that is none
export const wrongCaller: TestCaller = { permissions: ['documents:raed'] };
