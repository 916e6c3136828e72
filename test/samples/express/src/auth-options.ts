import type { AuthModuleOptions } from '@clary/nestjs-auth';

/** All but the secrets, for the application as for the tests of its controllers. */
export const authOptions = {
  keyPrefix: 'globex',
  tiers: ['starter', 'business'],
  permissions: ['invoices:read', 'invoices:write'],
} satisfies Omit<AuthModuleOptions, 'masterKeys'>;
