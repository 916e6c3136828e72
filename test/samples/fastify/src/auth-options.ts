import type { AuthModuleOptions } from '@clary/nestjs-auth';
import { required } from './environment.js';
import { HealthController } from './health/health.controller.js';

export const authOptions = (): AuthModuleOptions => ({
  masterKeys: required('MASTER_KEYS'),
  keyPrefix: 'acme',
  environment: 'production',
  tiers: ['free', 'pro', 'team'],
  permissions: ['reports:read', 'reports:write'],
  undecoratedRoutes: 'refuse-start',
  publicRoutes: [HealthController],
});
