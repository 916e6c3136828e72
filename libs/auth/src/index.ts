export { AuthModule, type AuthModuleExtras } from './auth.module.js';
export { AuthGuard, type GuardedRequest } from './auth.guard.js';
export { AuthSettings, type AuthModuleOptions } from './auth.settings.js';
export type { AuthTypes, Grant, Permission, Tier } from './auth-types.js';
export {
  AuthError,
  ForbiddenError,
  UnauthorizedError,
  UnavailableError,
  type AuthErrorCode,
  type ResponseHeaders,
  type MissingRights,
} from './auth.errors.js';
export { Refusal, type RefusalReason } from './refusal.js';

export { CurrentPrincipal } from './decorators/current-principal.decorator.js';
export { Public } from './decorators/public.decorator.js';
export { RequireAuthentication } from './decorators/require-authentication.decorator.js';
export { RequirePermission } from './decorators/require-permission.decorator.js';
export { RequireTier } from './decorators/require-tier.decorator.js';

export type { AuthenticationMethod, Principal } from './principal.js';
export { ENVIRONMENTS, type Environment } from './environment.js';
export { ADMIN, PermissionCatalogue } from './permission.js';
export { TierLadder } from './tier.js';

export { API_KEY_STRATEGY, JWT_STRATEGY } from './strategies/strategy-names.js';
export { ApiKeyStrategy } from './strategies/api-key.strategy.js';
export { JwtStrategy } from './strategies/jwt.strategy.js';
export type { HeaderSource } from './strategies/request-credential.js';

export type { Handler, RouteRule } from './routes/route-rule.js';
export { RouteRules } from './routes/route-rules.js';

export { Account, type AccountStatus } from './accounts/account.entity.js';
export { AccountService, type CreateAccount } from './accounts/account.service.js';
export { ApiKey, type ApiKeySource } from './api-keys/api-key.entity.js';
export { ApiKeyService, type AuthenticatedToken } from './api-keys/api-key.service.js';
export { statusOf, type ApiKeyLife, type ApiKeyStatus } from './api-keys/api-key.state.js';
export {
  InvalidApiKeyRequestError,
  type IssueApiKey,
  type IssuedApiKey,
} from './api-keys/issue-api-key.js';
export { StoreUnavailableError } from './api-keys/store-unavailable.error.js';

export { ApiKeyFormat, type GeneratedApiKey } from './credential/api-key-format.js';
export { isId, newId } from './credential/identifiers.js';
export {
  generateMasterKey,
  parseMasterKeys,
  MasterKeyRing,
  type MasterKey,
  type MasterKeyCheckValue,
} from './credential/master-keys.js';
export type { SealContext } from './credential/sealing.js';
export type { ClaimRules } from './credential/token-claims.js';
export { MasterKeyCheck } from './master-keys/master-key-check.entity.js';
export { WrongMasterKeyError } from './master-keys/master-key.service.js';

export { authEntities } from './entities.js';
