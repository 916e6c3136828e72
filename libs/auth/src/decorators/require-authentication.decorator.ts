import { accumulate } from './accumulate.js';

/** Metadata key of the declaration. */
export const REQUIRED_AUTHENTICATION = 'clary:required-authentication';

/** Any valid credential will do. */
export function RequireAuthentication(): ClassDecorator & MethodDecorator {
  return accumulate(REQUIRED_AUTHENTICATION, [true]);
}
