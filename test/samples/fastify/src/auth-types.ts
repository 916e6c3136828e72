import '@clary/nestjs-auth';

/** A misspelt tier or permission does not compile. */
declare module '@clary/nestjs-auth' {
  interface AuthTypes {
    tier: 'free' | 'pro' | 'team';
    permission: 'reports:read' | 'reports:write';
  }
}
