/** Protection space of every challenge (RFC 9110, section 11.5), and first part of every key. */
export const REALM = 'clary';

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

/** Keys that an account may have, active and disabled, in all environments together; a tier without one has no limit. */
export const KEY_LIMITS = { lite: 5, standard: 20 } as const;

/** Requests a minute of a key. */
export const RATE_LIMITS = { lite: 100, standard: 500, professional: 2000 } as const;

declare module '@clary/nestjs-auth' {
  interface AuthTypes {
    tier: (typeof TIERS)[number];
    permission: (typeof PERMISSIONS)[number];
  }
}
