/** The tiers of Clary AI, lowest first. */
export const TIERS = ['lite', 'standard', 'professional'] as const;

/** Every permission of Clary AI. */
export const PERMISSIONS = [
  'documents:read',
  'documents:write',
  'documents:delete',
  'workflows:read',
  'workflows:write',
  'workflows:execute',
  'api-keys:read',
  'api-keys:write',
  'usage:read',
  'audit:read',
  'metrics:read',
  'auth:introspect',
] as const;

declare module '@clary/nestjs-auth' {
  interface AuthTypes {
    tier: (typeof TIERS)[number];
    permission: (typeof PERMISSIONS)[number];
  }
}
