/** Name of the strategy for API keys in Passport's registry, for Nest's stock `AuthGuard`. */
export const API_KEY_STRATEGY = 'clary-api-key';

/** Name of the strategy for JWTs. Not `jwt`: Passport's registry is one for the process, and a host may have its own. */
export const JWT_STRATEGY = 'clary-jwt';
